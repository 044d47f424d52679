import type { ResolvedTarget, ResolvedWarehouse, ResolvedWrite } from '../config/index.js';
import {
  type Capabilities,
  type Column,
  type Dialect,
  isOrderable,
  type Relation,
  renderType,
  ScoringError,
} from '../contract/index.js';
import { bindChecks } from './bind-checks.js';
import { bindRejects } from './bind-rejects.js';
import { BLOCK_ROWS } from './block-rows.js';
import { buildScoring } from './build-scoring.js';
import { assertColumnChange, assertNameFits, assertWritable, findBroken } from './check-write.js';
import {
  decideChunkRows,
  decidePaging,
  decideRangeRows,
  decideSnapshot,
  estimateBytes,
  estimateSeconds,
} from './decide-read.js';
import { decideVersion, type LiveVersion } from './decide-version.js';
import { findColumn } from './find-column.js';
import { hashValue, sha256 } from './hash.js';
import type { ModelFacts } from './model-facts.js';
import { buildModelPlan } from './model-plan.js';
import { buildLoadedColumns, buildTableColumns, buildViewColumns, findStagedKey } from './output-columns.js';
import type { GoldenPlan, ReadPlan, ScoringPlan, WritePlan } from './scoring-plan.js';

/** Everything that was read before a plan could be made. */
export interface PlanFacts {
  readonly target: ResolvedTarget;
  readonly warehouse: ResolvedWarehouse;
  readonly dialect: Dialect;
  readonly capabilities: Capabilities;
  /** The source as one SELECT, variables rendered, and its columns. */
  readonly sql: string;
  readonly source: readonly Column[];
  readonly rows: number;
  /** The source is a plain table or file, all of it. */
  readonly plain: boolean;
  /** True where the source's rows come in ascending key order by themselves. */
  readonly ascending: boolean;
  /** The target's checks by SQL in their order, each cut where the checked table's name belongs. */
  readonly checkSql: readonly (readonly string[])[];
  /** In the target's order. */
  readonly models: readonly ModelFacts[];
  readonly golden: GoldenPlan | null;
  /** The engine that scores, with its version. */
  readonly engine: string;
  readonly cores: number;
  /** Columns of what readers see now, null before the first publish. */
  readonly liveColumns: readonly Column[] | null;
  /** `schema.name` of what else in the warehouse reads that view; empty where it is never made anew. */
  readonly dependents: readonly string[];
  readonly live: LiveVersion | null;
}

/**
 * Makes the plan. Pure: the same facts give the same plan.
 *
 * @throws PLAN_INVALID, NOT_BUILT or CAPABILITY where the target cannot be carried out
 */
export function buildPlan(facts: PlanFacts): ScoringPlan {
  const { target, dialect, models, rows, ascending } = facts;
  assertWritable(target.write, facts.capabilities, dialect.kind);
  assertNameFits(buildViewRelation(target, facts.warehouse, dialect), dialect);
  const key = target.key.map((name) => findKey(facts.source, name));
  const passthrough = target.passthrough.map((name) => findExact(facts.source, name, 'passthrough'));
  const { scoring, features } = buildScoring(target, models, facts.source);
  const model = buildModelPlan(models, facts.engine);
  const viewColumns = buildViewColumns(key, passthrough, scoring.outputs, dialect, target.write.quote);
  assertColumnChange(facts.liveColumns, viewColumns, target.write.onColumnChange);
  const write = buildWrite(facts, viewColumns);
  const workers = target.resources.workers === 'auto' ? facts.cores : target.resources.workers;
  const hasTexts = scoring.models.some(({ text }) => text !== null);
  const chunkRows = decideChunkRows(target.resources.chunkRows, scoring.outputs, BLOCK_ROWS, hasTexts);
  const readFacts = {
    rows: facts.rows,
    rowsPerSecond: addSpeeds(models),
    workers,
    snapshot: target.snapshot,
    capabilities: facts.capabilities,
  };
  const read: ReadPlan = {
    sql: facts.sql,
    sqlHash: sha256(facts.sql),
    columns: [...new Set([...key, ...passthrough, ...features])],
    key,
    snapshot: decideSnapshot(readFacts),
    ...decidePaging({ rows, ascending, rangeable: facts.plain }, facts.capabilities),
    plain: facts.plain,
    chunkRows,
    rangeRows: decideRangeRows(chunkRows, facts.capabilities),
  };
  const contractHash = hashValue({
    scoring,
    columns: viewColumns,
    key: target.key.length,
    sha256: model.sha256,
  });
  const rejects = bindRejects(target, write.view, write.key, dialect);
  return {
    planVersion: 1,
    target: target.name,
    owner: target.owner ?? null,
    description: target.description ?? null,
    warehouse: facts.warehouse.name,
    kind: dialect.kind,
    model,
    read,
    carried: [...key, ...passthrough].map(({ name }) => name),
    scoring,
    rejects,
    write,
    checks: bindChecks(target.checks, facts.checkSql, viewColumns),
    golden: facts.golden,
    workers,
    expected: { rows, bytes: estimateBytes(rows, read.columns), seconds: estimateSeconds(readFacts) },
    liveVersion: facts.live?.version ?? null,
    version: decideVersion(write, contractHash, facts.live),
    contractHash,
    // How rows are paged is no part of it: no score depends on that, and it follows what the source counts today.
    fingerprint: hashValue({
      contractHash,
      read: { sqlHash: read.sqlHash, columns: read.columns, key },
      rejectedRows: write.rejectedRows,
      quarantine: rejects.quarantine !== null,
      engine: model.engine,
      blockRows: BLOCK_ROWS,
    }),
  };
}

/** Rows that all models together score in a second, one after another. */
function addSpeeds(models: readonly ModelFacts[]): number | null {
  let seconds = 0;
  for (const { rowsPerSecond } of models) {
    if (rowsPerSecond === null) return null;
    seconds += 1 / rowsPerSecond;
  }
  return 1 / seconds;
}

function findKey(source: readonly Column[], name: string): Column {
  const column = findExact(source, name, 'key');
  if (isOrderable(column.type)) return column;
  throw new ScoringError(
    `key column "${column.name}" has type ${renderType(column.type)}, which has no order that every warehouse agrees on`,
    {
      code: 'PLAN_INVALID',
      stage: 'plan',
      details: { column: column.name, type: column.native },
      hint: 'Use an integer, decimal, text, uuid, date or timestamp; cast it in the source query.',
    },
  );
}

/** A column that predictions carry along, which must keep every digit. */
function findExact(source: readonly Column[], name: string, use: string): Column {
  const column = findColumn(source, name, use);
  if (column.type.kind === 'array') throw refuseArray(use, column);
  if (column.inexact !== true) return column;
  throw new ScoringError(`${use}: "${column.name}" is ${column.native}, whose digits have no bound`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    details: { column: column.name, type: column.native },
    hint: `Cast it in the source query to a type with a precision, such as numeric(18, 4).`,
  });
}

function refuseArray(use: string, { name, type, native }: Column): ScoringError {
  return new ScoringError(`${use}: "${name}" is ${renderType(type)}, and arrays are predictions only`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    details: { column: name, type: native },
    hint: 'Leave it out; a table with arrays can be joined to the predictions by its key.',
  });
}

/** The view that readers use: the name that the target gives, in the warehouse's output schema. */
export function buildViewRelation(
  target: ResolvedTarget,
  warehouse: ResolvedWarehouse,
  dialect: Dialect,
): Relation {
  const { table, quote } = target.write;
  const fold = (name: string) => (quote ? name : dialect.fold(name));
  const { database, schema } = warehouse.outputSchema;
  return {
    ...(database === undefined || table.schema !== undefined ? {} : { database: fold(database) }),
    schema: fold(table.schema ?? schema),
    name: fold(table.name),
  };
}

function buildWrite(
  { target, warehouse, dialect, capabilities, liveColumns, dependents }: PlanFacts,
  columns: readonly Column[],
): WritePlan {
  const { keepVersions, strategy, deletes, onColumnChange, grants } = target.write;
  const { rejectedRows } = target.errors;
  const tableColumns = buildTableColumns(
    columns,
    capabilities.repoint,
    { ...target.write, rejectedRows },
    dialect,
  );
  const indexes = [...(target.write.indexes ?? []), ...toIndexes(target.write, capabilities)];
  return {
    view: buildViewRelation(target, warehouse, dialect),
    columns,
    key: findStagedKey(columns, target.key.length),
    tableColumns,
    loadedColumns: buildLoadedColumns(tableColumns, capabilities),
    strategy,
    deletes,
    rejectedRows,
    onColumnChange,
    broken: findBroken(liveColumns, columns, dependents, capabilities.repoint),
    grants: grants?.select ?? [],
    keepVersions,
    indexes: indexes.map((names) => names.map((name) => findIndexed(columns, name).name)),
  };
}

function findIndexed(columns: readonly Column[], name: string): Column {
  const column = findColumn(columns, name, 'write.indexes', 'predictions');
  if (column.type.kind === 'array') throw refuseArray('write.indexes', column);
  return column;
}

/** What BI filters on is an index where the warehouse has no partitions of its own to give (Postgres: they are versions). */
function toIndexes(
  { partitionBy }: ResolvedWrite,
  { repoint }: Capabilities,
): readonly (readonly string[])[] {
  return repoint === 'partitions' && partitionBy !== undefined ? [partitionBy] : [];
}
