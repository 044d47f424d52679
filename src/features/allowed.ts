import { assertInvariant, type CanonicalType, isValid, type Vector } from '../contract/index.js';
import { readTexts } from './texts.js';

/** Finds the rows whose value is none of those that the model knows. A NULL is no value. */
export type FindUnseen = (vector: Vector) => readonly number[];

/** @param allowed values as `AllowedValues` writes them */
export function newFindUnseen(type: CanonicalType, allowed: readonly string[]): FindUnseen {
  switch (type.kind) {
    case 'text':
      return findIn(new Set(allowed), (vector) => readTexts(vector, 0, vector.length, ''));
    case 'bool':
      return findIn(new Set(allowed.map((value) => (value === 'true' ? 1 : 0))), valuesOf<number>);
    case 'int32':
      return findIn(new Set(allowed.map(Number)), valuesOf<number>);
    case 'int64':
      return findIn(new Set(allowed.map(BigInt)), valuesOf<bigint>);
    default:
      assertInvariant(false, `allowed values of ${type.kind} were planned`, 'features');
  }
}

function findIn<T>(known: ReadonlySet<T>, read: (vector: Vector) => ArrayLike<T>): FindUnseen {
  return (vector) => {
    const values = read(vector);
    const rows: number[] = [];
    for (let row = 0; row < vector.length; row++) {
      if (!known.has(values[row] as T) && isValid(vector, row)) rows.push(row);
    }
    return rows;
  };
}

function valuesOf<T>({ values }: Vector): ArrayLike<T> {
  return values as unknown as ArrayLike<T>;
}
