import type { core, ZodType } from 'zod';
import type { Path } from './path.js';

/** The keys that a schema knows at a path, over all its alternatives. */
export function keysAt(schema: ZodType, path: Path): readonly string[] {
  let here: readonly core.$ZodTypes[] = unwrap(schema as unknown as core.$ZodTypes);
  for (const part of path) here = here.flatMap((each) => childrenOf(each, part)).flatMap(unwrap);
  return [
    ...new Set(
      here.flatMap((each) => (each._zod.def.type === 'object' ? Object.keys(each._zod.def.shape) : [])),
    ),
  ];
}

/** The schemas that really look at the value: without wrappers, unions taken apart. */
function unwrap(schema: core.$ZodTypes): readonly core.$ZodTypes[] {
  const { def } = schema._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return unwrap(def.innerType as core.$ZodTypes);
    case 'lazy':
      return unwrap(def.getter() as core.$ZodTypes);
    case 'pipe':
      return unwrap(def.in as core.$ZodTypes);
    case 'union':
      return def.options.flatMap((option) => unwrap(option as core.$ZodTypes));
    case 'intersection':
      return [def.left, def.right].flatMap((side) => unwrap(side as core.$ZodTypes));
    default:
      return [schema];
  }
}

function childrenOf(schema: core.$ZodTypes, part: string | number): readonly core.$ZodTypes[] {
  const { def } = schema._zod;
  if (def.type === 'object') {
    return Object.hasOwn(def.shape, part) ? [def.shape[part] as core.$ZodTypes] : [];
  }
  if (def.type === 'record' && typeof part === 'string') return [def.valueType as core.$ZodTypes];
  if (def.type === 'array' && typeof part === 'number') return [def.element as core.$ZodTypes];
  if (def.type === 'tuple' && typeof part === 'number') {
    const item = def.items[part] ?? def.rest;
    return item === null || item === undefined ? [] : [item as core.$ZodTypes];
  }
  return [];
}
