/** Scores that a column cannot show, so that only whoever made it knows of them. Zero for columns that show all. */
export interface OutputFaults {
  /** Scores that are NaN or infinite; of an array, rows that hold one. */
  readonly nonfinite: number;
  /** Scores above the last band. */
  readonly unbanded: number;
}

/** Of no rows. */
export function newFaults(columns: number): readonly OutputFaults[] {
  return Array.from({ length: columns }, () => ({ nonfinite: 0, unbanded: 0 }));
}

/** Those of two sets of rows together, by column. */
export function addFaults(a: readonly OutputFaults[], b: readonly OutputFaults[]): readonly OutputFaults[] {
  return a.map(({ nonfinite, unbanded }, i) => ({
    nonfinite: nonfinite + (b[i]?.nonfinite ?? 0),
    unbanded: unbanded + (b[i]?.unbanded ?? 0),
  }));
}
