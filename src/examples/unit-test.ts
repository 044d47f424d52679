import type { ResolvedExpectation, ResolvedTest } from '../config/index.js';
import { ScoringError } from '../contract/index.js';
import { findColumn } from '../plan/find-column.js';
import { isClose, type ReadScore } from './compare.js';
import type { ExampleFeature, ExampleOutput } from './feature.js';
import { describeType, type ExampleValue, isWritable, parseValue } from './value.js';
import { renderValue } from './vectors.js';

/** What a test expects of one prediction. */
export interface BoundExpectation extends ExampleOutput {
  /** Its place among the predictions. */
  readonly output: number;
  readonly expected: ResolvedExpectation;
  /** Of a plain value, as the prediction's type holds it. */
  readonly value: ExampleValue;
}

/** A test on the columns of its target. */
export interface BoundTest {
  readonly name: string;
  /** By feature. */
  readonly given: readonly ExampleValue[];
  readonly expect: readonly BoundExpectation[];
}

/** A prediction that is not what a test expects, in words. */
export interface Failure {
  readonly column: string;
  readonly expected: string;
  readonly got: string;
}

/**
 * Binds a test's values to features, by the source's column or else the model's input, and its expectations to
 * predictions. A feature that is not given is NULL.
 *
 * @param at how messages call the test, such as `tests[0]`
 * @throws PLAN_INVALID where a column is not there, or a value is none of its type
 */
export function bindTest(
  test: ResolvedTest,
  at: string,
  features: readonly ExampleFeature[],
  outputs: readonly ExampleOutput[],
): BoundTest {
  const given = new Array<ExampleValue>(features.length).fill(null);
  for (const [name, written] of Object.entries(test.given)) {
    const feature = findFeature(features, name, `${at}.given`);
    const text = written === null ? null : toText(written, feature);
    given[features.indexOf(feature)] =
      text === null ? null : parseOrThrow(text, feature.column, `${at}.given.${name}`);
  }
  const missing = features.find(({ nullable }, i) => !nullable && given[i] === null);
  if (missing !== undefined) {
    throw invalid(
      `${at}: the feature "${missing.column.name}" is not given, and its NULLs fail a run`,
      `Give it a value, or say in features what a NULL means.`,
    );
  }
  const expect = Object.entries(test.expect).map(([name, expected]) =>
    bindExpectation(name, expected, `${at}.expect`, outputs),
  );
  if (expect.length > 0) return { name: test.name, given, expect };
  throw invalid(`${at}: it expects nothing`, `Name one prediction at least: ${namesOf(outputs)}.`);
}

/** What is not as expected. */
export function findFailures({ expect }: BoundTest, row: number, scores: ReadScore): readonly Failure[] {
  return expect.flatMap((expectation) => {
    const got = scores(row, expectation.output);
    if (isMet(expectation, got)) return [];
    const { name, type } = expectation;
    return [{ column: name, expected: describe(expectation), got: renderValue(got, type) }];
  });
}

function isMet({ expected, value }: BoundExpectation, got: ExampleValue): boolean {
  switch (expected.kind) {
    case 'value':
      return isClose(got, value, 0);
    case 'near':
      return isNumber(got) && Math.abs(Number(got) - expected.near) <= expected.within;
    case 'between':
      return isNumber(got) && Number(got) >= expected.low && Number(got) <= expected.high;
  }
}

function isNumber(value: ExampleValue): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function describe({ expected, value, type }: BoundExpectation): string {
  switch (expected.kind) {
    case 'value':
      return renderValue(value, type);
    case 'near':
      return `${expected.near} ± ${expected.within}`;
    case 'between':
      return `${expected.low} to ${expected.high}`;
  }
}

function findFeature(features: readonly ExampleFeature[], name: string, use: string): ExampleFeature {
  const byInput = features.filter(({ inputs }) => inputs.includes(name));
  const byColumn = features.filter(({ column }) => column.name === name);
  const [feature] = byColumn.length > 0 ? byColumn : byInput;
  if (feature !== undefined) return feature;
  const column = findColumn(
    features.map((each) => each.column),
    name,
    use,
    'features',
  );
  return features.find((each) => each.column === column) as ExampleFeature;
}

function bindExpectation(
  name: string,
  expected: ResolvedExpectation,
  use: string,
  outputs: readonly ExampleOutput[],
): BoundExpectation {
  const columns = outputs.map((output) => ({ ...output, native: output.type.kind }));
  const output = columns.indexOf(findColumn(columns, name, use, 'predictions') as (typeof columns)[number]);
  const { name: column, type } = columns[output] as (typeof columns)[number];
  const bound = { name: column, type, output, expected };
  if (!isWritable(type))
    throw invalid(`${use}.${name}: values of that type are not compared`, 'Leave it out.');
  if (expected.kind !== 'value') {
    if (['float', 'double', 'int32', 'int64'].includes(type.kind)) return { ...bound, value: null };
    throw invalid(`${use}.${name}: "${column}" is ${type.kind}, no number`, 'Write the value itself.');
  }
  if (expected.value === null) return { ...bound, value: null };
  return { ...bound, value: parseOrThrow(String(expected.value), bound, `${use}.${name}`) };
}

/** YAML's own types count: a text is no number because it looks like one, and a number is no text. */
function toText(written: string | number | boolean, { column: { name, type } }: ExampleFeature): string {
  if (type.kind === 'text' && typeof written !== 'string') {
    throw invalid(
      `"${name}" is a text, got ${String(written)}`,
      `Write it in quotes: ${name}: "${String(written)}".`,
    );
  }
  if (typeof written === 'number' && Number.isInteger(written) && !Number.isSafeInteger(written)) {
    throw invalid(
      `"${name}": a number of more than 15 digits may have lost some`,
      'Write it in quotes, then every digit counts.',
    );
  }
  return String(written);
}

function parseOrThrow(text: string, { type }: Pick<ExampleOutput, 'type'>, at: string): ExampleValue {
  const value = parseValue(text, type);
  if (value !== undefined) return value;
  throw invalid(`${at}: ${JSON.stringify(text)} is not ${describeType(type)}`, 'Correct the test.');
}

function namesOf(outputs: readonly ExampleOutput[]): string {
  return outputs.map(({ name }) => name).join(', ');
}

function invalid(message: string, hint: string): ScoringError {
  return new ScoringError(message, { code: 'PLAN_INVALID', stage: 'plan', hint });
}
