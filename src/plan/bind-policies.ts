import type { ResolvedFeature, Scalar } from '../config/index.js';
import { type CanonicalType, type Column, renderType, ScoringError } from '../contract/index.js';
import type { AllowedValues, ElementType, FeatureSpec, NullPolicy, Replacement } from './scoring-spec.js';

type Kind = CanonicalType['kind'];

const NUMBERS: readonly Kind[] = ['int32', 'int64', 'float', 'double', 'decimal'];

/**
 * What a feature's NULLs, its unknown values and those out of range become.
 *
 * @throws PLAN_INVALID for a value that the column or the model's input cannot hold, and for a policy that the column's
 *   type does not know
 */
export function bindPolicies(
  entry: ResolvedFeature,
  column: Column,
  element: ElementType,
): Pick<FeatureSpec, 'nulls' | 'allowed' | 'range'> {
  const { allowed, range } = entry;
  if (range !== undefined) assertNumber(column);
  return {
    nulls: toNullPolicy(entry, element),
    ...(allowed === undefined ? {} : { allowed: toAllowed(entry, allowed, column, element) }),
    ...(range === undefined ? {} : { range }),
  };
}

function toNullPolicy({ column, nulls }: ResolvedFeature, element: ElementType): NullPolicy {
  if (nulls === undefined) return { kind: 'fail' };
  if (nulls === 'fail') return { kind: 'fail', nan: true };
  if (nulls === 'quarantine') return { kind: 'quarantine' };
  if (nulls !== 'nan') return toReplacement(column, nulls.value, 'for NULLs', element);
  if (element === 'float32' || element === 'float64') return { kind: 'nan' };
  throw invalid(`feature "${column}": nulls: nan needs a floating input, the model's is ${element}`);
}

function toReplacement(column: string, value: Scalar, use: string, element: ElementType): Replacement {
  if (fitsElement(value, element)) return { kind: 'value', value };
  throw invalid(`feature "${column}": the value ${JSON.stringify(value)} ${use} is no ${element}`);
}

function toAllowed(
  { column: name, unseen = 'quarantine' }: ResolvedFeature,
  allowed: readonly Scalar[],
  column: Column,
  element: ElementType,
): AllowedValues {
  const values = allowed.map((value) => {
    if (!fitsColumn(value, column))
      throw notHeld(name, value, `column "${column.name}" of type ${column.native}`);
    // Two values that are one to the model could not be told apart by it.
    if (!isExact(value, element)) throw notHeld(name, value, `the model's ${element} input`);
    return String(value);
  });
  const other =
    typeof unseen === 'string'
      ? { kind: unseen }
      : toReplacement(name, unseen.value, 'for values unseen', element);
  return { values, unseen: other };
}

/** @throws PLAN_INVALID where the type has no values to list, floating numbers among them */
function fitsColumn(value: Scalar, { name, type }: Column): boolean {
  switch (type.kind) {
    case 'text':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'int32':
      return isInt32(value);
    case 'int64':
      return Number.isSafeInteger(value);
    default:
      throw invalid(
        `feature "${name}": allowed is for text, integers and booleans, and the column is ${renderType(type)}`,
        'Say range: [lowest, highest], or cast the column in the source query.',
      );
  }
}

function isExact(value: Scalar, element: ElementType): boolean {
  if (typeof value !== 'number') return true;
  if (element === 'float32') return Math.fround(value) === value;
  return element !== 'int32' || isInt32(value);
}

function fitsElement(value: Scalar, element: ElementType): boolean {
  switch (element) {
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'int32':
      return isInt32(value);
    case 'int64':
      return Number.isSafeInteger(value);
    case 'float32':
      return typeof value === 'number' && Number.isFinite(Math.fround(value));
    case 'float64':
      return typeof value === 'number';
  }
}

function isInt32(value: Scalar): boolean {
  return typeof value === 'number' && (value | 0) === value;
}

function assertNumber({ name, type }: Column): void {
  if (NUMBERS.includes(type.kind)) return;
  throw invalid(
    `feature "${name}": range is for numbers, and the column is ${renderType(type)}`,
    'List the values that the model knows instead: allowed: [first, second, …].',
  );
}

function notHeld(column: string, value: Scalar, place: string): ScoringError {
  return invalid(
    `feature "${column}": allowed has ${JSON.stringify(value)}, which ${place} cannot hold`,
    'Write texts in quotes and numbers without; leave out what the column never has.',
  );
}

function invalid(message: string, hint?: string): ScoringError {
  const fields = hint === undefined ? {} : { hint };
  return new ScoringError(message, { code: 'PLAN_INVALID', stage: 'plan', ...fields });
}
