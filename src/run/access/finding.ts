import type { ScoringError } from '../../contract/index.js';

/** What was looked at, and what was found. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly finding: string;
  /** What to run, or to do, where something is missing. */
  readonly fix?: string;
}

export function good(check: string, finding: string): Finding {
  return { check, ok: true, finding };
}

export function lack(check: string, finding: string, fix?: string): Finding {
  return { check, ok: false, finding, ...(fix === undefined ? {} : { fix }) };
}

/** What an error says of a target. */
export function toFinding(check: string, { message, hint }: ScoringError, target?: string): Finding {
  return lack(check, target === undefined ? message : `${target}: ${message}`, hint);
}
