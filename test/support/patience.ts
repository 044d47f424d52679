import type { Patience } from '../../src/cli/options.js';

const AT_ONCE = { baseMs: 10, capMs: 10, totalMs: 60_000 };

/** Tries everything twice and at once, and asks about a lost answer for a second: for what will not pass. */
export const HASTE: Patience = {
  retries: { call: { attempts: 2, ...AT_ONCE }, run: { attempts: 2, ...AT_ONCE } },
  outcomeWaitMs: 1000,
};
