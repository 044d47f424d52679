import path from 'node:path';
import { assertInvariant, Secret } from '../contract/index.js';
import type { WrittenCheck, WrittenErrors } from './check-schema.js';
import { toGolden, toTest } from './examples.js';
import type { WrittenFeatures } from './feature-schema.js';
import { mayBePrivate, type WrittenHost } from './model-hosts.js';
import { showUri, toModelPlace } from './model-uri.js';
import { toOutputs } from './normalise-outputs.js';
import type { WrittenProject } from './project-schema.js';
import type {
  NullPolicy,
  RejectBudget,
  ResolvedCheck,
  ResolvedErrors,
  ResolvedFeature,
  ResolvedFeatures,
  ResolvedLimits,
  ResolvedModel,
  ResolvedProject,
  ResolvedSource,
  ResolvedTarget,
  ResolvedTokenizer,
  ResolvedWarehouse,
  ResolvedWrite,
  Scalar,
  SchemaName,
  TableName,
  UnseenPolicy,
} from './resolved.js';
import { toBytes, toSeconds } from './scalars.js';
import type { WrittenTarget } from './target-schema.js';

/** What the resolved project is made from beside the file's own keys. */
export interface ProjectParts {
  readonly dir: string;
  readonly file: string;
  readonly configs: ReadonlyMap<string, unknown>;
  readonly vars: Readonly<Record<string, Scalar>>;
  readonly secrets: readonly Secret[];
}

/** Applies the defaults of scorehouse.yml; only for a file without issues. */
export function normaliseProject(written: WrittenProject, parts: ProjectParts): ResolvedProject {
  const entries = Object.entries(written.warehouses);
  const warehouses = new Map<string, ResolvedWarehouse>(
    entries.map(([name, entry]) => [
      name,
      {
        name,
        kind: entry.type,
        outputSchema: toSchemaName(entry.output_schema ?? 'predictions'),
        config: new Secret(parts.configs.get(name)),
      },
    ]),
  );
  return {
    name: written.name,
    dir: parts.dir,
    file: parts.file,
    warehouses,
    defaultWarehouse: written.default_warehouse ?? entries[0]?.[0] ?? '',
    ledgerSchema: toSchemaName(written.ledger_schema ?? 'scorehouse'),
    vars: parts.vars,
    secrets: parts.secrets,
  };
}

/** Applies the defaults of a target; only for a file without issues. */
export function normaliseTarget(
  written: WrittenTarget,
  file: string,
  projectDir: string,
  modelHosts: readonly WrittenHost[],
): ResolvedTarget {
  const { description, owner, resources } = written;
  return {
    name: written.name,
    file,
    ...(description === undefined ? {} : { description }),
    ...(owner === undefined ? {} : { owner }),
    tags: written.tags ?? [],
    source: toSource(written.source),
    snapshot: written.source.snapshot ?? 'auto',
    key: written.key,
    latestBy: typeof written.on_duplicate === 'object' ? written.on_duplicate.latest_by : null,
    allowEmpty: written.allow_empty ?? false,
    models: toModels(written, projectDir, modelHosts),
    features: toFeatures(written.features),
    outputs: toOutputs(written.outputs),
    passthrough: written.passthrough ?? [],
    write: toWrite(written.write ?? {}, written.name),
    checks: (written.checks ?? []).map(toCheck),
    errors: toErrors(written.errors ?? {}),
    golden: toGolden(written.golden, projectDir),
    tests: (written.tests ?? []).map(toTest),
    resources: {
      chunkRows: resources?.chunk_rows ?? 65_536,
      workers: resources?.workers ?? 'auto',
      memoryBytes: toBytes(resources?.memory ?? '1 GiB'),
    },
    limits: toLimits(written.limits ?? {}),
  };
}

function toLimits({
  rows,
  duration,
  bytes_billed: bytes,
  cost,
}: NonNullable<WrittenTarget['limits']>): ResolvedLimits {
  return {
    rows: rows ?? null,
    seconds: duration === undefined ? null : toSeconds(duration),
    bytesBilled: bytes === undefined ? null : toBytes(bytes),
    cost: cost ?? null,
  };
}

function toSource({ sql, table, file }: WrittenTarget['source']): ResolvedSource {
  if (sql !== undefined) return { kind: 'sql', sql };
  if (table !== undefined) return { kind: 'table', table: toTableName(table) };
  assertInvariant(file !== undefined, 'a source of a kind that is not built was resolved', 'config');
  return { kind: 'file', path: file };
}

function toModels(
  { model, models = [] }: WrittenTarget,
  projectDir: string,
  hosts: readonly WrittenHost[],
): readonly ResolvedModel[] {
  const all = model === undefined ? models : [{ name: null, ...model }];
  assertInvariant(all.length > 0, 'a target without a model was resolved', 'config');
  return all.map((each) => toModel(each, projectDir, mayBePrivate(each.uri, hosts)));
}

function toModel(
  {
    name,
    uri,
    sha256,
    external_data = false,
    tokenizer,
    provider = 'cpu',
  }: { readonly name: string | null } & NonNullable<WrittenTarget['model']>,
  projectDir: string,
  allowPrivate: boolean,
): ResolvedModel {
  return {
    name,
    uri: showUri(uri),
    place: toModelPlace(uri, projectDir, allowPrivate),
    ...(sha256 === undefined ? {} : { sha256: sha256.toLowerCase() }),
    externalData: external_data,
    provider,
    ...(tokenizer === undefined ? {} : { tokenizer: toTokenizer(tokenizer, projectDir) }),
  };
}

function toTokenizer(
  { file, column, max_length }: NonNullable<NonNullable<WrittenTarget['model']>['tokenizer']>,
  projectDir: string,
): ResolvedTokenizer {
  return {
    file,
    path: path.resolve(projectDir, file),
    column,
    ...(max_length === undefined ? {} : { maxLength: max_length }),
  };
}

function toFeatures(features: WrittenFeatures | undefined): ResolvedFeatures | null {
  if (features === undefined) return null;
  if (Array.isArray(features)) {
    const entries = features.map((entry) =>
      typeof entry === 'string' ? toFeature(null, entry, {}) : toFeature(null, entry.name, entry),
    );
    return { kind: 'list', entries };
  }
  const entries = Object.entries(features).map(([input, entry]) =>
    toFeature(input, entry.column ?? input, entry),
  );
  return { kind: 'map', entries };
}

interface WrittenFeatureFacts {
  readonly type?: string | undefined;
  readonly nulls?: NullPolicy | undefined;
  readonly allowed?: readonly Scalar[] | undefined;
  readonly unseen?: UnseenPolicy | undefined;
  readonly range?: readonly [number, number] | undefined;
}

function toFeature(
  input: string | null,
  column: string,
  { type, nulls, allowed, unseen, range }: WrittenFeatureFacts,
): ResolvedFeature {
  return {
    input,
    column,
    ...(type === undefined ? {} : { type }),
    ...(nulls === undefined ? {} : { nulls }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(unseen === undefined ? {} : { unseen }),
    ...(range === undefined ? {} : { range }),
  };
}

function toWrite(write: NonNullable<WrittenTarget['write']>, targetName: string): ResolvedWrite {
  const { schema, name } = toTableName(write.table ?? targetName);
  return {
    table: { ...(schema === undefined ? {} : { schema }), name },
    strategy: write.strategy ?? 'swap',
    deletes: write.deletes ?? 'drop',
    keepVersions: write.keep_versions ?? 3,
    onColumnChange: write.on_column_change ?? 'refuse',
    quote: write.quote ?? false,
    ...(write.grants === undefined ? {} : { grants: write.grants }),
    ...(write.partition_by === undefined ? {} : { partitionBy: [write.partition_by].flat() }),
    ...(write.cluster_by === undefined ? {} : { clusterBy: [write.cluster_by].flat() }),
    ...(write.indexes === undefined ? {} : { indexes: write.indexes.map((index) => [index].flat()) }),
  };
}

function toCheck(check: WrittenCheck): ResolvedCheck {
  const over = check.over ?? 'result';
  if ('sql' in check) return { kind: 'sql', over, sql: check.sql };
  if ('psi_vs' in check) return { kind: 'psi', over, column: check.column, max: check.max };
  return { kind: 'nulls', over, column: check.column, maxRate: check.max_null_rate };
}

function toErrors({
  budget = 0,
  quarantine = true,
  rejected_rows: rejectedRows = 'drop',
}: WrittenErrors): ResolvedErrors {
  return { budget: toBudget(budget), quarantine, rejectedRows: rejectedRows ?? 'null' };
}

/** The number is kept as it is written: as a share of 1, 0.7 % would be a little less than 7 of 1,000. */
function toBudget(budget: number | string): RejectBudget {
  if (typeof budget === 'string') return { rows: Number.parseFloat(budget), of: 100 };
  return { rows: budget, of: Number.isInteger(budget) ? null : 1 };
}

function toSchemaName(text: string): SchemaName {
  const { schema, name } = toTableName(text);
  return { ...(schema === undefined ? {} : { database: schema }), schema: name };
}

function toTableName(text: string): TableName {
  const [name = '', schema, database] = text.split('.').reverse();
  return {
    ...(database === undefined ? {} : { database }),
    ...(schema === undefined ? {} : { schema }),
    name,
  };
}
