import type { ArrayElement, CanonicalType } from '../../src/contract/index.js';

/**
 * A value's piece of its row's encoding, as src/hash/README.md defines it. From Postgres 14 on, whose `extract` is exact.
 *
 * @param value SQL of the value
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
      return renderDouble(`cast(${value} as double precision)`);
    case 'decimal':
      return toText(`trim_scale(${value})`);
    case 'text':
      // Octets of UTF-8, whatever the database's own encoding.
      return `octet_length(convert_to(${toText(value)}, 'UTF8')) || ':' || ${toText(value)}`;
    case 'bytes':
      return `octet_length(${value}) || ':' || encode(${value}, 'hex')`;
    case 'date':
      return renderFinite(value, `${value} - date '1970-01-01'`);
    case 'time':
      return toText(renderMicroseconds(value));
    case 'timestamp':
      return renderFinite(value, renderMicroseconds(value));
    case 'array':
      return renderElements(value, type.element);
  }
}

/** A NULL among the elements is nothing that was loaded; it gets a text that no other element has. */
function renderElements(value: string, element: ArrayElement): string {
  const text = `coalesce(${canonicalText('x', { kind: element })}, '~')`;
  const texts = `select string_agg(${text}, ',' order by n) from unnest(${value}) with ordinality as elements(x, n)`;
  return `cardinality(${value}) || ':' || coalesce((${texts}), '')`;
}

function toText(value: string): string {
  return `cast(${value} as text)`;
}

function renderDouble(value: string): string {
  const bits = `encode(float8send(${value}), 'hex')`;
  return `case when ${value} = 'NaN' then '7ff8000000000000' when ${value} = 0 then '0000000000000000' else ${bits} end`;
}

/** Numeric, not bigint: the latest timestamps of Postgres lie beyond 64 bits when counted from 1970. */
function renderMicroseconds(value: string): string {
  return `cast(extract(epoch from ${value}) * 1000000 as numeric(20, 0))`;
}

/** Infinity and -infinity by name, everything else as the number given. */
function renderFinite(value: string, number: string): string {
  return `case when isfinite(${value}) then ${toText(number)} else ${toText(value)} end`;
}
