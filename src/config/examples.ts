import path from 'node:path';
import type { ResolvedExpectation, ResolvedGolden, ResolvedTest } from './resolved.js';
import type { WrittenTarget } from './target-schema.js';

/** How far a score may be from the expected one by default. */
const DEFAULT_TOLERANCE = 1e-6;

type WrittenTest = NonNullable<WrittenTarget['tests']>[number];

/** Applies the defaults of `golden`. */
export function toGolden(golden: WrittenTarget['golden'], projectDir: string): ResolvedGolden | null {
  if (golden === undefined) return null;
  const { file, tolerance = DEFAULT_TOLERANCE } = golden;
  return { file, path: path.resolve(projectDir, file), tolerance };
}

/** A test under its name, or under what it gives. */
export function toTest({ name, given, expect }: WrittenTest): ResolvedTest {
  return {
    name: name ?? renderGiven(given),
    given,
    expect: Object.fromEntries(
      Object.entries(expect).map(([column, expected]) => [column, toExpectation(expected)]),
    ),
  };
}

function toExpectation(expected: WrittenTest['expect'][string]): ResolvedExpectation {
  if (Array.isArray(expected)) return { kind: 'between', low: expected[0], high: expected[1] };
  if (typeof expected === 'object' && expected !== null) return { kind: 'near', ...expected };
  return { kind: 'value', value: expected };
}

function renderGiven(given: WrittenTest['given']): string {
  const parts = Object.entries(given).map(([column, value]) => `${column}: ${JSON.stringify(value)}`);
  return parts.length === 0 ? 'nothing given' : parts.join(', ');
}
