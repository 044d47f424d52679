import type {
  CanonicalType,
  LoadColumn,
  LoadOptions,
  LoadPart,
  Relation,
  Vector,
} from '../../src/contract/index.js';
import { NEVER, type Rig } from './rig.js';
import { toVector } from './values.js';

/** A part of vectors. */
export function part(loadKey: bigint, ...vectors: readonly Vector[]): LoadPart {
  return {
    loadKey,
    rows: vectors[0]?.length ?? 0,
    columns: vectors.map((vector): LoadColumn => ({ kind: 'vector', vector })),
  };
}

/** The parts as they come from scoring: one after the other, each when it is asked for. */
export async function* stream(...parts: readonly LoadPart[]): AsyncGenerator<LoadPart> {
  for (const each of parts) {
    await Promise.resolve();
    yield each;
  }
}

export async function load(
  rig: Rig,
  relation: Relation,
  parts: AsyncIterable<LoadPart>,
  options: Partial<LoadOptions> = {},
): Promise<number> {
  return await rig.adapter.load(relation, parts, { signal: NEVER, ...options });
}

/** Integers from `from`, as many as `rows`. */
export function integers(from: number, rows: number): Vector {
  return toVector(
    { kind: 'int64' },
    Array.from({ length: rows }, (_, i) => String(from + i)),
  );
}

/** A table `t` of one bigint column `i`. */
export async function makeTable(rig: Rig, name = 't'): Promise<Relation> {
  return await rig.create(name, { i: INT64 });
}

export const INT64: CanonicalType = { kind: 'int64' };
