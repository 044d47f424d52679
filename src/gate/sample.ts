/** Rows up to which all are looked at where a statement has to sort or group them. */
const MOST_ROWS = 200_000;

/** Rows of a sample, at most. */
const SAMPLE_ROWS = 100_000;

/** Which rows stand for all. The same rows are chosen each time as long as they stay what they are. */
export interface Sample {
  /** Of a key's hash, the low bits that must be zero. */
  readonly mask: number;
  /** The share of the rows, in percent. */
  readonly percent: number;
}

/** A sample of 50,000 to 100,000 rows; null for a table small enough to look at all of it. */
export function chooseSample(rows: number): Sample | null {
  if (rows <= MOST_ROWS) return null;
  const parts = 2 ** Math.ceil(Math.log2(rows / SAMPLE_ROWS));
  return { mask: parts - 1, percent: 100 / parts };
}
