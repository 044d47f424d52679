import { elementsOf, isValid, type Vector } from '../../src/contract/index.js';
import { putVarint } from './thrift.js';

/** Levels as a page holds them: their length in four bytes, then runs. */
function toLevels(runs: readonly number[] | Uint8Array): Buffer {
  const bytes = Buffer.alloc(4 + runs.length);
  bytes.writeUInt32LE(runs.length);
  bytes.set(runs, 4);
  return bytes;
}

/** So many times one level, of up to eight bits. */
function putRun(bytes: number[], count: number, level: number): void {
  if (count === 0) return;
  putVarint(bytes, count * 2);
  bytes.push(level);
}

/** Which rows have a value: all or none of them, or a bit each, which is what a vector's validity is. */
export function definitionLevels({ validity }: Vector, rows: number): Buffer {
  const runs: number[] = [];
  if (validity === null) {
    putRun(runs, rows, 1);
    return toLevels(runs);
  }
  const groups = (rows + 7) >> 3;
  putVarint(runs, groups * 2 + 1);
  return toLevels(Buffer.concat([Buffer.from(runs), validity.subarray(0, groups)]));
}

/** The same of one value for all rows. */
export function constantLevels(rows: number, valid: boolean): Buffer {
  const runs: number[] = [];
  putRun(runs, rows, valid ? 1 : 0);
  return toLevels(runs);
}

/** The places of a dictionary's only value, so many times. */
export function firstPlaces(rows: number): Buffer {
  // The width of a place in bits comes first.
  const bytes = [1];
  putRun(bytes, rows, 0);
  return Buffer.from(bytes);
}

/** Where arrays begin and which rows have one, and how many values the page then has. */
export function arrayLevels(
  vector: Vector,
  rows: number,
): { readonly levels: Buffer; readonly values: number } {
  const length = vector.type.kind === 'array' ? elementsOf(vector.type) : 1;
  const repetitions: number[] = [];
  const definitions: number[] = [];
  let values = 0;
  let run = 0;
  for (let row = 0; row < rows; row++) {
    putRun(repetitions, 1, 0);
    if (isValid(vector, row)) {
      putRun(repetitions, length - 1, 1);
      run += length;
      values += length;
      continue;
    }
    putRun(definitions, run, 2);
    putRun(definitions, 1, 0);
    run = 0;
    values++;
  }
  putRun(definitions, run, 2);
  return { levels: Buffer.concat([toLevels(repetitions), toLevels(definitions)]), values };
}
