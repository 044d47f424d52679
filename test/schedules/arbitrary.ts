import fc from 'fast-check';
import { EDITS, PLACES, type Setting, type Step } from './steps.js';
import { TIDYINGS } from './worker.js';

const who = fc.nat({ max: 2 });
const place = fc.constantFrom(...PLACES);
const choice = {
  snapshot: fc.constantFrom('live' as const, 'frozen' as const),
  chunkRows: fc.constantFrom(2, 3, 100),
};

/** Steps and how often each is tried: runs that get somewhere, and then something that befalls them. */
const STEPS: readonly fc.WeightedArbitrary<Step>[] = [
  weigh(2, 'source', {
    rows: fc.nat({ max: 9 }),
    salt: fc.nat({ max: 9 }),
    rejects: fc.nat({ max: 3 }),
    twice: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  }),
  weigh(6, 'run', { restart: fc.nat({ max: 9 }).map((n) => n === 1), ...choice }),
  weigh(4, 'overtake', { who, place, ...choice }),
  weigh(2, 'promote', { version: fc.integer({ min: 1, max: 4 }) }),
  weigh(2, 'rollback', {}),
  weigh(2, 'tidy', { what: fc.constantFrom(...TIDYINGS) }),
  weigh(2, 'tidy twice', { what: fc.constantFrom(...TIDYINGS) }),
  weigh(4, 'advance', { who, calls: fc.integer({ min: 1, max: 30 }), pick: fc.nat({ max: 2 }) }),
  weigh(6, 'reach', { who, place }),
  weigh(5, 'finish', { who }),
  weigh(3, 'kill', { who }),
  weigh(2, 'lose', { who, took: fc.boolean(), skip: fc.nat({ max: 6 }) }),
  weigh(2, 'fail', { who, passes: fc.boolean() }),
  weigh(1, 'publish twice', { who }),
  weigh(1, 'interrupt', { who }),
  weigh(4, 'expire', {}),
  weigh(1, 'edit', { what: fc.constantFrom(...EDITS) }),
];

export const settings: fc.Arbitrary<Setting> = fc.record({ strategy: fc.constantFrom('swap', 'merge') });

export const steps: readonly fc.Arbitrary<Step>[] = STEPS.flatMap(({ weight, arbitrary }) =>
  Array.from({ length: weight }, () => arbitrary),
);

function weigh<K extends Step['do']>(
  weight: number,
  what: K,
  values: {
    readonly [V in keyof Omit<Extract<Step, { do: K }>, 'do'>]: fc.Arbitrary<Extract<Step, { do: K }>[V]>;
  },
): fc.WeightedArbitrary<Step> {
  const record = fc.record({ do: fc.constant(what), ...values } as never);
  return { weight, arbitrary: record as fc.Arbitrary<Step> };
}
