import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ResolvedGolden } from '../config/index.js';
import { type CanonicalType, type Column, ScoringError } from '../contract/index.js';
import { type CsvCell, type CsvRow, csvError, parseCsv } from './csv.js';
import type { ExampleFeature, ExampleOutput } from './feature.js';
import { describeType, type ExampleValue, isWritable, parseValue } from './value.js';

/** A golden file, read once and kept for the run. */
export interface GoldenFile {
  readonly file: string;
  /** sha-256 in hex over the file. */
  readonly sha256: string;
  readonly tolerance: number;
  readonly header: CsvRow;
  readonly rows: readonly CsvRow[];
}

/** Predictions that the file expects. */
export interface GoldenColumn extends ExampleOutput {
  /** Its place among the predictions. */
  readonly output: number;
  /** By row. */
  readonly values: readonly ExampleValue[];
}

/** The rows of a golden file, as values of the columns that they are for. */
export interface GoldenRows {
  readonly file: string;
  readonly tolerance: number;
  /** Of each row, from 1. */
  readonly lines: readonly number[];
  /** By feature, by row. */
  readonly given: readonly (readonly ExampleValue[])[];
  readonly expected: readonly GoldenColumn[];
}

/** @throws CONFIG_INVALID where the file is missing, or is no CSV with one row at least */
export async function loadGolden({ file, path, tolerance }: ResolvedGolden): Promise<GoldenFile> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const problem = cause.code === 'ENOENT' ? 'no such file' : `cannot be read (${cause.code})`;
    throw new ScoringError(`golden rows ${file}: ${problem}`, {
      code: 'CONFIG_INVALID',
      stage: 'config',
      details: { file },
      hint: 'Check golden.file; scorehouse model golden <target> makes one.',
      cause,
    });
  });
  const [header = [], ...rows] = parseCsv(bytes.toString('utf8'), file);
  if (rows.length === 0)
    throw csvError(
      file,
      { line: 1, column: 1 },
      'no rows below the header',
      'The first line names the columns, each other one is a row.',
    );
  for (const row of rows) {
    if (row.length === header.length) continue;
    const [first] = row;
    throw csvError(
      file,
      { line: first?.line ?? 1, column: 1 },
      `a row of ${row.length} values under a header of ${header.length} names`,
      'Each row has a value for every name; a NULL is nothing at all between the commas.',
    );
  }
  return {
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    tolerance,
    header,
    rows,
  };
}

/**
 * Binds the file's columns by name: features first, then predictions; other columns of the source, such as the key, are
 * ignored. A name that is both stands there twice, the feature before the prediction.
 *
 * @throws CONFIG_INVALID where a feature is missing, no prediction is there, or a value is none of its column's type
 */
export function bindGolden(
  golden: GoldenFile,
  features: readonly ExampleFeature[],
  outputs: readonly ExampleOutput[],
  source: readonly Column[],
): GoldenRows {
  const { file, tolerance, header, rows } = golden;
  const given: ExampleValue[][] = [];
  const expected: GoldenColumn[] = [];
  const read = (at: number, type: CanonicalType) =>
    rows.map((row) => toValue(file, row[at], header[at], type));
  for (const [at, cell] of header.entries()) {
    const feature = findName(
      features,
      ({ column }) => column.name,
      cell.text,
      (i) => given[i] === undefined,
    );
    const output = findName(
      outputs,
      ({ name }) => name,
      cell.text,
      (i) => !expected.some((e) => e.output === i),
    );
    if (feature !== null) given[feature.at] = read(at, feature.value.column.type);
    else if (output !== null) {
      expected.push({
        ...output.value,
        output: output.at,
        values: read(at, assertWritable(file, cell, output.value)),
      });
    } else if (
      findName(
        source,
        ({ name }) => name,
        cell.text,
        () => true,
      ) === null
    ) {
      throw csvError(
        file,
        cell,
        `"${cell.text}" is neither a feature, nor a prediction, nor a column of the source`,
        `Predictions are ${namesOf(outputs)}.`,
      );
    }
  }
  const missing = features.find((_, i) => given[i] === undefined);
  if (missing !== undefined) {
    throw csvError(
      file,
      header[0] ?? { line: 1, column: 1 },
      `the feature "${missing.column.name}" is missing`,
      'Every feature of the models needs a column.',
    );
  }
  if (expected.length === 0) {
    throw csvError(
      file,
      header[0] ?? { line: 1, column: 1 },
      'no prediction to compare with',
      `Add a column of the expected ${namesOf(outputs)}.`,
    );
  }
  return { file, tolerance, lines: rows.map(([first]) => first?.line ?? 0), given, expected };
}

/** The item of that name, exactly, else without regard to case if only one fits. */
function findName<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  name: string,
  isFree: (at: number) => boolean,
): { readonly value: T; readonly at: number } | null {
  const all = items.map((value, at) => ({ value, at })).filter(({ at }) => isFree(at));
  const exact = all.filter(({ value }) => nameOf(value) === name);
  const folded = all.filter(({ value }) => nameOf(value).toLowerCase() === name.toLowerCase());
  const [found] = exact.length > 0 ? exact : folded;
  return found !== undefined && (exact.length > 0 || folded.length === 1) ? found : null;
}

function assertWritable(file: string, cell: CsvCell, { name, type }: ExampleOutput): CanonicalType {
  if (isWritable(type)) return type;
  throw csvError(file, cell, `"${name}" has a type that golden rows do not hold`, 'Leave the column out.');
}

function toValue(
  file: string,
  cell: CsvCell | undefined,
  name: CsvCell | undefined,
  type: CanonicalType,
): ExampleValue {
  const { text = '', quoted = false, line = 1, column = 1 } = cell ?? {};
  if (text === '' && !quoted) return null;
  const value = parseValue(text, type);
  if (value !== undefined) return value;
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  throw csvError(
    file,
    { line, column },
    `${name?.text ?? ''}: ${shown} is not ${describeType(type)}`,
    'A NULL is nothing at all between the commas; "" is the empty text.',
  );
}

function namesOf(outputs: readonly ExampleOutput[]): string {
  return outputs.map(({ name }) => name).join(', ');
}
