import { ScoringError, type Statement } from '../contract/index.js';
import { type Applied, findDamage, type LedgerColumns, toDamaged } from './damage.js';
import {
  executeTogether,
  type Ledger,
  ledgerRelation,
  nameInLedger,
  queryRows,
  renderLedger,
} from './ledger.js';
import { planSchema, renderSerialise } from './schema.js';

/** The ledger's migrations in order; a number, once released, keeps its meaning for ever. */
export const MIGRATIONS = [
  ['001_run_log', 'run_log'],
  ['002_runs', 'runs'],
  ['003_chunks', 'chunks'],
  ['004_version_log', 'version_log'],
  ['005_versions', 'versions'],
  ['006_publishes', 'publishes'],
  ['007_metrics', 'metrics'],
  ['008_requests', 'requests'],
  ['009_target_log', 'target_log'],
  ['010_target_status', 'target_status'],
  ['011_feature_counts', 'feature_counts'],
  ['012_run_resume', 'run_log'],
  ['013_run_superseded', 'run_log'],
  ['014_chunk_tally', 'chunks'],
  ['015_runs_resume', 'runs'],
] as const satisfies readonly Applied[];

/** Names that a migration's template may cite beside its own relation. */
const SOURCES: Readonly<Record<string, string>> = { runs: 'run_log', versions: 'version_log' };

/** The number of the newest migration that this program knows. */
export const LEDGER_NUMBER = MIGRATIONS.length;

/** Names of the relations that a ledger of this program has, its migrations' own table first. */
export const LEDGER_RELATIONS: readonly string[] = [
  'migrations',
  ...new Set(MIGRATIONS.map(([, relation]) => relation)),
];

/** How far the ledger is, and what it has lost. */
export interface LedgerState {
  /** The number of the newest migration applied; null where there is no ledger. */
  readonly number: number | null;
  /** What its migrations have made and is not there, in words. */
  readonly damage: readonly string[];
}

/**
 * The number of the newest migration applied; null where there is no ledger.
 *
 * @throws LEDGER_DAMAGED where what its migrations have made is not there
 */
export async function readLedgerNumber(ledger: Ledger, signal: AbortSignal): Promise<number | null> {
  const first = await readLedgerState(ledger, signal);
  // Another program may have migrated it between the two questions.
  const { number, damage } = first.damage.length > 0 ? await readLedgerState(ledger, signal) : first;
  if (damage.length > 0) throw toDamaged(damage);
  return number;
}

/** Looks at the ledger: one question to the catalog, one to the ledger itself. */
export async function readLedgerState(ledger: Ledger, signal: AbortSignal): Promise<LedgerState> {
  const there = await readColumns(ledger, signal);
  if (!there.has('migrations')) {
    const left = [...there.keys()];
    const damage = left.length === 0 ? [] : [`migrations is missing beside ${left.sort().join(', ')}`];
    return { number: null, damage };
  }
  const table = ledgerRelation(ledger, 'migrations');
  const [row] = await queryRows(ledger, renderLedger(ledger, 'migration_last', { table }), 1, signal);
  const [number, recorded] = [Number(row?.number ?? 0), Number(row?.recorded ?? 0)];
  const gaps =
    recorded === number ? [] : [`migrations has ${recorded} of the ${number} that were applied on record`];
  // What a newer program has made of it is not known here; that it is newer is said elsewhere.
  const damage = number > LEDGER_NUMBER ? [] : [...gaps, ...findDamage(MIGRATIONS.slice(0, number), there)];
  return { number, damage };
}

/** Most columns of a ledger's relations together. */
const MAX_COLUMNS = 10_000;

async function readColumns(ledger: Ledger, signal: AbortSignal): Promise<LedgerColumns> {
  if (!ledger.sql.has('ledger/columns_list')) return inspectColumns(ledger, signal);
  const statement = renderLedger(ledger, 'columns_list', {
    ...ledger.schema,
    relations: LEDGER_RELATIONS.map((name) => ({ name: ledgerRelation(ledger, name).name })),
  });
  const there = new Map<string, Set<string>>();
  for (const row of await queryRows(ledger, statement, MAX_COLUMNS, signal)) {
    const [relation, name] = [row.relation, row.name].map((found) => nameInLedger(ledger, String(found)));
    const columns = there.get(relation as string) ?? new Set();
    there.set(relation as string, columns.add(name as string));
  }
  return there;
}

/** The same, asked relation by relation: where a catalog is part of the schema, and a schema may not be there. */
async function inspectColumns(ledger: Ledger, signal: AbortSignal): Promise<LedgerColumns> {
  const found = await Promise.all(
    LEDGER_RELATIONS.map(async (name) => {
      const info = await ledger.adapter.inspect(ledgerRelation(ledger, name), signal);
      return [name, info?.columns ?? null] as const;
    }),
  );
  const there = new Map<string, ReadonlySet<string>>();
  for (const [name, columns] of found) {
    if (columns === null) continue;
    there.set(name, new Set(columns.map((column) => nameInLedger(ledger, column.name))));
  }
  return there;
}

/**
 * Brings the ledger to this program's migration, making its schema first. Each call applies what is missing.
 *
 * @throws LEDGER_NEWER when a newer program has migrated it; LEDGER_DAMAGED
 */
export async function migrateLedger(ledger: Ledger, program: string, signal: AbortSignal): Promise<void> {
  const number = await readLedgerNumber(ledger, signal);
  assertNotNewer(number);
  if (number === LEDGER_NUMBER) return;
  const statements = [
    ...renderSerialise(ledger, ledger.schema.schema),
    ...(number === null ? await planFoundation(ledger, signal) : []),
    ...MIGRATIONS.slice(number ?? 0).flatMap(([name, relation], i) =>
      renderMigration(ledger, (number ?? 0) + i + 1, name, relation, program),
    ),
  ];
  try {
    await executeTogether(ledger, statements, signal);
  } catch (error) {
    // Another run may have migrated since the number was read; an earlier form of a view does not replace a later one.
    if ((await readLedgerNumber(ledger, signal)) !== LEDGER_NUMBER) throw error;
  }
}

/** @throws LEDGER_NEWER when a newer program has migrated the ledger */
export function assertNotNewer(number: number | null): void {
  if (number === null || number <= LEDGER_NUMBER) return;
  throw new ScoringError(`the ledger is at migration ${number}, this program knows ${LEDGER_NUMBER}`, {
    code: 'LEDGER_NEWER',
    stage: 'ledger',
    hint: 'A newer scorehouse has used this warehouse: upgrade this one.',
  });
}

async function planFoundation(ledger: Ledger, signal: AbortSignal): Promise<readonly Statement[]> {
  return [
    ...(await planSchema(ledger, ledger.schema, signal)),
    renderLedger(ledger, 'create_migrations', { table: ledgerRelation(ledger, 'migrations') }),
  ];
}

function renderMigration(
  ledger: Ledger,
  number: number,
  name: string,
  relation: string,
  program: string,
): readonly Statement[] {
  const context = {
    table: ledgerRelation(ledger, relation),
    source: ledgerRelation(ledger, SOURCES[relation] ?? relation),
    targetLog: ledgerRelation(ledger, 'target_log'),
    publishes: ledgerRelation(ledger, 'publishes'),
    runs: ledgerRelation(ledger, 'runs'),
  };
  const record = { table: ledgerRelation(ledger, 'migrations'), number, name, program };
  return [ledger.sql.render(`migrations/${name}`, context), renderLedger(ledger, 'migration_insert', record)];
}
