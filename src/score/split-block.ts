import { isScoringError } from '../contract/index.js';

/**
 * Runs rows `from` to `to` as one block. Where the engine throws, the halves are run, down to the single rows that it
 * does not take; each is padded with rows of its own.
 *
 * @param run throws what is not a ScoringError where the engine does not take a row of the block
 * @returns rows that the engine does not take, ascending
 */
export async function runOrSplit(
  from: number,
  to: number,
  run: (from: number, to: number) => Promise<void>,
): Promise<readonly number[]> {
  try {
    await run(from, to);
    return [];
  } catch (error) {
    if (isScoringError(error)) throw error;
    if (to - from === 1) return [from];
    const middle = from + ((to - from) >> 1);
    return [...(await runOrSplit(from, middle, run)), ...(await runOrSplit(middle, to, run))];
  }
}
