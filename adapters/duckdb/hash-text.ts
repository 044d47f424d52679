import type { ArrayElement, CanonicalType } from '../../src/contract/index.js';

/**
 * A value's piece of its row's encoding, as src/hash/README.md defines it.
 *
 * @param value SQL of the value, of the type's own native type
 */
export function hashText(value: string, type: CanonicalType): string {
  return `coalesce(${canonicalText(value, type)} || ';', '~;')`;
}

function canonicalText(value: string, type: CanonicalType): string {
  switch (type.kind) {
    case 'bool':
      return `case ${value} when true then 't' when false then 'f' end`;
    case 'int32':
    case 'int64':
    case 'uuid':
      return toText(value);
    case 'float':
    case 'double':
      return renderDouble(`cast(${value} as double)`);
    case 'decimal':
      return renderDecimal(toText(value), type);
    case 'text':
      return `strlen(${value}) || ':' || ${value}`;
    case 'bytes':
      return `octet_length(${value}) || ':' || lower(hex(${value}))`;
    case 'date':
      return renderFinite(value, `${value} - date '1970-01-01'`);
    case 'time':
      return toText(`epoch_us(${value})`);
    case 'timestamp':
      return renderFinite(value, `epoch_us(${value})`);
    case 'array':
      return renderElements(value, type.element);
  }
}

/** A NULL among the elements is nothing that was loaded; it gets a text that no other element has. */
function renderElements(value: string, element: ArrayElement): string {
  const text = `coalesce(${canonicalText('x', { kind: element })}, '~')`;
  return `len(${value}) || ':' || array_to_string(list_transform(${value}, lambda x: ${text}), ',')`;
}

function toText(value: string): string {
  return `cast(${value} as varchar)`;
}

/** Zeros have lost their sign where the storage compressed them, and NaN has many forms: one of each. */
function renderDouble(value: string): string {
  const bits = `lower(hex(cast(cast(${value} as bit) as blob)))`;
  return `case when isnan(${value}) then '7ff8000000000000' when ${value} = 0 then '0000000000000000' else ${bits} end`;
}

function renderDecimal(text: string, type: { readonly precision: number; readonly scale: number }): string {
  if (type.scale === 0) return text;
  // A decimal(3,3) is written without the zero before its point.
  const full = type.precision === type.scale ? `replace(${text}, '.', '0.')` : text;
  return `rtrim(rtrim(${full}, '0'), '.')`;
}

/** Infinity and -infinity by name, everything else as the number given. */
function renderFinite(value: string, number: string): string {
  return `case when isinf(${value}) then ${toText(value)} else ${toText(number)} end`;
}
