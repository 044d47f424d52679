import { ScoringError } from '../../src/contract/index.js';

/** Where the values of a run of rows stand: `positions[from + i]` is row i's first byte, -1 for NULL. */
export interface Source {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly positions: Int32Array;
  readonly from: number;
  readonly rows: number;
}

/** Days from 1970-01-01 to 2000-01-01, where Postgres begins to count. */
export const EPOCH_DAYS = 10_957;

/** The same in microseconds, 946,684,800,000,000, as the halves of a 64-bit integer. */
export const EPOCH_MICROS = {
  low: 946_684_800_000_000 % 2 ** 32,
  high: Math.floor(946_684_800_000_000 / 2 ** 32),
} as const;

export const MAX_INT32 = 0x7fffffff;
export const MIN_INT32 = -0x80000000;

/** The signs of a numeric's binary form. */
export const NUMERIC_SIGN = { positive: 0x0000, negative: 0x4000 } as const;

/** The error of a value that no vector can hold; it names the column, never the value. */
export function refuseValue(column: string, what: string): ScoringError {
  return new ScoringError(`column "${column}" holds ${what}, which scorehouse does not take`, {
    code: 'WAREHOUSE',
    stage: 'extract',
    details: { column },
    hint: 'Leave such rows out of the source query, or cast the column there to another type.',
  });
}
