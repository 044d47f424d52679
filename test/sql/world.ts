import type { SqlRenderer, TemplateContext } from '../../src/sql/renderer.js';
import { CONTEXT_NAMES, listContexts, newContexts, newGround, templateOf } from './contexts.js';

/** Contexts that make the ledger, in the order of a first run. */
const LEDGER_MAKERS: readonly string[] = [
  'ledger/create_schema',
  'ledger/create_migrations',
  ...CONTEXT_NAMES.filter((name) => name.startsWith('migrations/')).sort(),
  'ledger/migration_insert',
];

/** Contexts that make the rest of the world in which the others are tried. */
const MAKERS: readonly string[] = [
  ...LEDGER_MAKERS,
  'ledger/control_create',
  'ledger/control_init',
  'stage/create_table',
  'stage/create_table@quarantine',
];

/** The context of warehouses that have arrays. */
const ARRAYS = 'gate/look_nonfinite_elements';

/** A source of three rows, and a schema for the predictions. */
function renderGround(sql: SqlRenderer): readonly string[] {
  const { fold, relation } = sql.dialect;
  const { customers, embeddings } = newGround(fold);
  return [
    'create schema analytics',
    'create schema predictions',
    renderContext(sql, 'stage/create_table', customers),
    `insert into ${relation(customers.table)} values (3, 'a', 10), (1, 'B', 20), (1, 'a', null)`,
    ...(listContexts(sql).includes(ARRAYS) ? [renderContext(sql, 'stage/create_table', embeddings)] : []),
  ];
}

/** Statements that make a ledger. */
export function renderLedgerWorld(sql: SqlRenderer): readonly string[] {
  return LEDGER_MAKERS.map((name) => renderContext(sql, name));
}

/** Statements that make a ledger, a source of three rows, a control row of epoch 0 and an empty version behind a view, and an empty table to merge. */
export function renderWorld(sql: SqlRenderer): readonly string[] {
  const merging = { table: newContexts(sql.dialect.fold)['publish/merge']?.staging };
  return [
    ...renderGround(sql),
    ...[...MAKERS, viewMaker(sql)].map((name) => renderContext(sql, name)),
    renderContext(sql, 'stage/create_table', merging),
  ];
}

/** The context that makes the view. */
function viewMaker(sql: SqlRenderer): string {
  return sql.has('publish/view_guarded') ? 'publish/view_guarded' : 'publish/view_replace';
}

const PARTITIONED = ['publish/parent_create', 'stage/create_version'];

/** What has to be there before some of the contexts: others of them. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  'grants/member': ['grants/create_role@group'],
  'publish/attach': PARTITIONED,
  'publish/detach': [...PARTITIONED, 'publish/attach'],
  'publish/parent_add_column': PARTITIONED,
  'publish/remove_keys': ['publish/undo_create'],
  'publish/restore': ['publish/undo_create'],
  'publish/view_by_pointer': PARTITIONED,
  'source/select_columns@after': ['source/freeze'],
  'stage/set_origin': ['stage/create_version'],
};

/** A context's statement, behind those that it stands on. */
export function renderTrial(sql: SqlRenderer, name: string): readonly string[] {
  return [...(BEFORE[name] ?? []), name].map((each) => renderContext(sql, each));
}

/** Contexts of the templates that the warehouse has, to be tried in the world. */
export function listTrials(sql: SqlRenderer): readonly string[] {
  return listContexts(sql).filter((name) => !MAKERS.includes(name) && name !== viewMaker(sql));
}

/** The SQL of one of the contexts, with other values where given. */
export function renderContext(sql: SqlRenderer, name: string, values: TemplateContext = {}): string {
  return sql.render(templateOf(name), { ...newContexts(sql.dialect.fold)[name], ...values }).sql;
}
