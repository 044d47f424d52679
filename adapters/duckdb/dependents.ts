import type { Relation } from '../../src/contract/index.js';
import { duckdbDialect } from './dialect.js';
import { type HeldConnection, interruptible } from './held-connection.js';

/**
 * Views whose text names the relation. DuckDB keeps no record of what a view reads, so the text is all there is: a
 * name that stands there for something else is reported too.
 */
export async function findDependents(
  held: HeldConnection,
  { schema, name }: Relation,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const pattern = renderPattern(name);
  const sql = `select distinct schema_name || '.' || view_name as dependent from duckdb_views()
where not internal and regexp_matches(sql, ${text(pattern)}, 'i')
  and not (lower(schema_name) = lower(${text(schema)}) and lower(view_name) = lower(${text(name)}))
order by dependent`;
  return interruptible(held, signal, 'plan', 'dependents', async () => {
    const reader = await held.connection.runAndReadAll(sql);
    return reader.getRows().map(([dependent]) => String(dependent));
  });
}

/** The name as DuckDB writes it into a view's text: in quotes where it needs them. */
function renderPattern(name: string): string {
  const quoted = `"${escapeRegExp(name.replaceAll('"', '""'))}"`;
  const word = /^[a-z_][a-z0-9_]*$/i.test(name) ? `(${quoted}|${name})` : quoted;
  return `(^|[^"a-z0-9_])${word}([^"a-z0-9_]|$)`;
}

function escapeRegExp(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function text(value: string): string {
  return duckdbDialect.literal({ type: { kind: 'text' }, text: value });
}
