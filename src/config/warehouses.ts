import type { ZodType } from 'zod';
import type { IssueLog } from './issues.js';
import { findNearest } from './nearest.js';
import { isMapping } from './path.js';
import { warehouseKeys } from './project-schema.js';
import { validate } from './validate.js';

/** The schema of each kind's own keys, as its adapter registers it. */
export type WarehouseSchemas = Readonly<Record<string, ZodType>>;

/** Kinds that the file format has but no release yet. */
const PLANNED_KINDS: readonly string[] = ['duckdb', 'postgres', 'snowflake', 'bigquery', 'dbt'];

/**
 * Checks every warehouse against its kind; returns the parsed configurations by warehouse name.
 *
 * @param unset warehouses that lack a variable and are not used
 */
export function validateWarehouses(
  root: unknown,
  schemas: WarehouseSchemas,
  unset: ReadonlySet<string>,
  log: IssueLog,
): ReadonlyMap<string, unknown> {
  const configs = new Map<string, unknown>();
  const warehouses = isMapping(root) ? root.warehouses : undefined;
  if (!isMapping(warehouses)) return configs;
  for (const [name, entry] of Object.entries(warehouses)) {
    if (!isMapping(entry) || typeof entry.type !== 'string') continue;
    const kind = entry.type;
    const schema = Object.hasOwn(schemas, kind) ? schemas[kind] : undefined;
    if (schema === undefined) {
      reportKind(name, kind, Object.keys(schemas), log);
      continue;
    }
    const { type: _type, output_schema: _outputSchema, ...own } = entry;
    const subject = { root, base: ['warehouses', name], value: own, extraKeys: Object.keys(warehouseKeys) };
    if (!unset.has(name)) configs.set(name, validate(schema, subject, log));
  }
  return configs;
}

function reportKind(name: string, kind: string, known: readonly string[], log: IssueLog): void {
  const path = ['warehouses', name, 'type'];
  const expected = known.length === 1 ? String(known[0]) : `one of ${known.join(', ')}`;
  if (PLANNED_KINDS.includes(kind)) {
    log.add(path, { message: `${kind} is not built yet`, expected });
  } else {
    log.add(path, { expected, nearest: findNearest(kind, known) });
  }
}
