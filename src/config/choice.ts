import type { z } from 'zod';
import { isMapping } from './path.js';

/**
 * Refuses a mapping that has none, or more than one, of the keys. Runs even where other keys of the mapping have
 * issues, so that one reading finds them all.
 */
export function exactlyOneOf<Schema extends z.ZodType>(schema: Schema, keys: readonly string[]): Schema {
  return choose(schema, keys, (count) => count === 1, `expected exactly one of ${keys.join(', ')}`);
}

/** Refuses a mapping that has more than one of the keys. */
export function atMostOneOf<Schema extends z.ZodType>(schema: Schema, keys: readonly string[]): Schema {
  return choose(schema, keys, (count) => count <= 1, `expected at most one of ${keys.join(', ')}`);
}

function choose<Schema extends z.ZodType>(
  schema: Schema,
  keys: readonly string[],
  isRight: (count: number) => boolean,
  error: string,
): Schema {
  const count = (value: object): number => keys.filter((key) => Object.hasOwn(value, key)).length;
  return schema.refine((value) => isRight(count(value as object)), {
    error,
    when: ({ value }) => isMapping(value),
  });
}
