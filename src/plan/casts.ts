import { type CanonicalType, ScoringError } from '../contract/index.js';
import type { ElementType } from './scoring-spec.js';

type Kind = CanonicalType['kind'];

/**
 * Which column types each tensor takes. Integers are rounded to the nearest float once; a decimal is divided as a
 * double first, as pandas does it.
 */
const TAKES: Readonly<Record<ElementType, readonly Kind[]>> = {
  float32: ['float', 'double', 'int32', 'int64', 'bool', 'decimal'],
  float64: ['float', 'double', 'int32', 'int64', 'bool', 'decimal'],
  int64: ['int64', 'int32', 'bool'],
  int32: ['int32', 'int64', 'bool'],
  bool: ['bool'],
  string: ['text'],
};

/** onnxruntime's element types that are taken as inputs and outputs. */
export function isElementType(type: string | null): type is ElementType {
  return type !== null && Object.hasOwn(TAKES, type);
}

/** @throws PLAN_INVALID where the column's type cannot become the tensor's without a guess */
export function assertCastable(
  column: string,
  type: CanonicalType,
  native: string,
  element: ElementType,
): void {
  const wide = type.kind === 'decimal' && type.precision > 18;
  if (TAKES[element].includes(type.kind) && !wide) return;
  throw new ScoringError(
    `feature "${column}" has type ${native}, which a ${element} input of the model does not take`,
    {
      code: 'PLAN_INVALID',
      stage: 'plan',
      details: { column, type: native, element },
      hint: `Cast it in the source query; a ${element} input takes ${TAKES[element].join(', ')}${wide ? ' of up to 18 digits' : ''}.`,
    },
  );
}

/** The column type that an output tensor's values have. */
export function toColumnType(element: ElementType): CanonicalType {
  switch (element) {
    case 'float32':
      return { kind: 'float' };
    case 'float64':
      return { kind: 'double' };
    case 'string':
      return { kind: 'text' };
    default:
      return { kind: element };
  }
}
