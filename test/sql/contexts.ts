import type { Column, Dialect, Relation } from '../../src/contract/index.js';
import type { SqlRenderer, TemplateContext } from '../../src/sql/renderer.js';

/**
 * A context for every template, and for every way that it branches as `template@way`. Golden files are rendered from
 * them, and the templates are tried on real warehouses with them, in the world of `world.ts`. Names that scorehouse gives are in the warehouse's own case.
 */
export function newContexts(fold: Dialect['fold']): Readonly<Record<string, TemplateContext>> {
  const RUN = '0190a6b2-7c1e-7000-8000-00000000002a';
  const SOURCE = 'select * from analytics.customers -- all of them';

  const relation = (schema: string, name: string): Relation => ({ schema: fold(schema), name: fold(name) });
  const ledger = (name: string): Relation => relation('scorehouse', name);
  const column = (name: string, type: Column['type'], native: string): Column => ({
    name: fold(name),
    type,
    native,
  });

  const customer = column('customer_id', { kind: 'int64' }, 'bigint');
  // Whoever made this column had its name quoted.
  const region: Column = { name: 'Region', type: { kind: 'text' }, native: 'text' };

  const CONTROL = ledger('control_churn');
  const VIEW = relation('predictions', 'churn');
  const STAGING = relation('predictions', 'churn__v7');
  const PARENT = relation('predictions', 'churn__versions');
  const NEXT = relation('predictions', 'churn__v8');
  /** Rows of a run that merges into STAGING. */
  const MERGING = ledger('s_00000000002a');
  const UNDO = ledger('undo_00000000002a');
  const REDO = ledger('redo_00000000002a');
  const QUARANTINE = relation('predictions', 'churn__quarantine');
  const EMBEDDINGS = relation('predictions', 'embeddings');
  const CUSTOMERS = relation('analytics', 'customers');
  const KEY = [customer, region];

  const STAGED: readonly Column[] = [
    column('_run_id', { kind: 'uuid' }, 'uuid'),
    column('_model_version', { kind: 'text' }, 'text'),
    column('_scored_at', { kind: 'timestamp', zoned: true }, 'timestamptz'),
    ...KEY,
    column('spend', { kind: 'decimal', precision: 10, scale: 2 }, 'decimal'),
    column('score', { kind: 'float' }, 'real'),
    column('level', { kind: 'int32' }, 'integer'),
    column('_load', { kind: 'int64' }, 'bigint'),
  ];

  const QUARANTINED: readonly Column[] = [
    column('_run_id', { kind: 'uuid' }, 'uuid'),
    ...KEY,
    column('feature', { kind: 'text' }, 'text'),
    column('reason', { kind: 'text' }, 'text'),
    column('rejected_at', { kind: 'timestamp', zoned: true }, 'timestamptz'),
    column('_load', { kind: 'int64' }, 'bigint'),
  ];

  const RUN_RECORD = {
    table: ledger('run_log'),
    runId: RUN,
    target: 'churn',
    state: 'running',
    finished: false,
    fingerprint: 'f1',
    modelSha256: 'a1',
    modelVersion: '3',
    engineVersion: 'onnxruntime 1.30.0',
    cpuFeatures: 'avx2',
    sqlHash: 's1',
    snapshot: '00000003-0000001B-1',
    rowsRead: 3,
    rowsScored: 3,
    rowsRejected: 0,
    rowsPublished: null,
    keyHash: null,
    valueHash: null,
    bytes: null,
    errorCode: null,
    errorMessage: null,
    epoch: 4n,
    resume: 'chunks',
    rowsSuperseded: 0,
  };

  const VERSION = {
    table: ledger('version_log'),
    target: 'churn',
    version: 7,
    relation: STAGING.name,
    runId: RUN,
    modelSha256: 'a1',
    modelVersion: '3',
    scoredAt: '2026-03-01T02:03:04.567Z',
    contractHash: null,
    state: 'live',
  };

  const MIGRATION = {
    targetLog: ledger('target_log'),
    publishes: ledger('publishes'),
    runs: ledger('runs'),
  };

  const MERGE = {
    table: STAGING,
    staging: MERGING,
    chunks: ledger('chunks'),
    runId: RUN,
    key: KEY,
    columns: STAGED,
  };
  const CHANGED = STAGED.filter((each) => !KEY.includes(each));

  const HASHED = STAGED.slice(3, -1);
  const HASHED_ARRAYS: readonly Column[] = [
    customer,
    column('embedding', { kind: 'array', element: 'float', length: 3 }, 'real[]'),
  ];

  const SAMPLE = { mask: 3, percent: 25 };
  const PLACES = [{ place: 0 }, { place: 1 }, { place: 2 }];
  const SHARES = [{ share: 0.1 }, { share: 0.5 }];
  const DISTRIBUTED = [
    {
      name: fold('score'),
      mixed: true,
      shares: SHARES,
      edges: [
        { name: fold('score'), edge: 0 },
        { name: fold('score'), edge: 0.75 },
      ],
    },
    { name: fold('level'), mixed: false, shares: SHARES, edges: [] },
  ];
  const BINS = {
    edges: [
      { column: fold('score'), edge: 0.25, bin: 0 },
      { column: fold('score'), edge: 0.75, bin: 1 },
    ],
    last: 2,
  };

  /** Where a run's rejected keys are found. */
  const REJECTED = { quarantine: QUARANTINE, chunks: ledger('chunks'), runId: RUN };

  const plainColumn = (name: string) => ({
    name: name === region.name ? name : fold(name),
    uuid: null,
    text: null,
    instant: null,
  });

  return {
    'demo/load_csv': { table: relation('main', 'penguins'), file: "data/o'clock.csv" },
    'demo/schema': {},

    'audit/groups': { user: 'scorer', groups: [{ name: 'scorer_reader' }, { name: "o'reader" }] },
    'audit/partitions': { schema: fold('predictions'), name: PARENT.name },
    'audit/relations': {
      relations: [CUSTOMERS, ledger('run_log')],
      roles: [{ name: 'scorer' }, { name: 'template_reader' }],
    },
    'audit/schemas': {
      schemas: [{ name: 'scorehouse' }, { name: 'no"where' }],
      roles: [{ name: 'scorer' }, { name: 'template_reader' }],
    },
    'audit/session': {},

    'gate/ascending': { key: KEY, staging: STAGING },
    'gate/chunk_rows': { chunks: ledger('chunks'), runId: RUN },
    'gate/counts': { staging: STAGING, chunks: ledger('chunks'), runId: RUN, key: KEY },
    'gate/duplicate_samples': { staging: STAGING, key: KEY, limit: 5 },
    'gate/duplicates': { staging: STAGING, key: KEY },
    'gate/answer': { query: 'select count(*) > 0 from analytics.customers -- all', limit: 2 },
    'gate/distribution': { table: STAGING, columns: DISTRIBUTED, key: KEY, sample: null, places: PLACES },
    'gate/distribution@sample': {
      table: STAGING,
      columns: DISTRIBUTED,
      key: KEY,
      sample: SAMPLE,
      places: PLACES,
    },
    'gate/extent': {
      table: STAGING,
      columns: [
        { name: fold('score'), numeric: true, wide: false },
        { name: fold('level'), numeric: true, wide: true },
        { name: 'Region', numeric: false, wide: false },
      ],
    },
    'gate/finite': { table: STAGING, column: fold('score') },
    'gate/labels': { table: STAGING, column: 'Region', key: KEY, sample: null, limit: 51 },
    'gate/labels@sample': { table: STAGING, column: 'Region', key: KEY, sample: SAMPLE, limit: 51 },
    'gate/look_duplicates': { key: KEY, staging: STAGING },
    'gate/look_metrics': { metrics: ledger('metrics'), column: fold('score'), runs: [{ run: RUN }] },
    'gate/look_nonfinite': { table: STAGING, column: fold('score') },
    'gate/look_nonfinite_elements': { table: EMBEDDINGS, column: fold('embedding') },
    'gate/look_nulls': { table: STAGING, columns: KEY },
    'gate/look_outside': { table: STAGING, column: fold('score'), floating: true, min: -1e-6, max: 1.000001 },
    'gate/moments': {
      table: STAGING,
      columns: [
        { name: fold('score'), min: -0.25 },
        { name: fold('level'), min: 1 },
      ],
    },
    'gate/nulls': { table: STAGING, columns: [{ name: fold('score') }, { name: fold('level') }] },
    'gate/outside': { table: STAGING, column: fold('score'), floating: true, min: -1e-6, max: 1.000001 },
    'gate/outside@integers': { table: STAGING, column: fold('level'), floating: false, min: null, max: 3 },
    'gate/rejects': { staging: STAGING, key: KEY, ...REJECTED },
    'gate/shares': { table: STAGING, column: fold('score'), key: KEY, sample: null, ...BINS },
    'gate/shares@sample': { table: STAGING, column: fold('score'), key: KEY, sample: SAMPLE, ...BINS },

    'grants/connect': { database: 'postgres', role: 'template_reader' },
    'grants/create_role': { role: "o'scorer", login: true },
    'grants/create_role@group': { role: 'scorer_reader', login: false },
    'grants/lock_timeout': { database: 'postgres', role: 'template_reader', limit: '30s' },
    'grants/member': { group: 'scorer_reader', role: 'template_reader' },
    'grants/on_schema': {
      schema: fold('scorehouse'),
      usage: true,
      create: true,
      both: true,
      role: 'template_reader',
    },
    'grants/on_schema@create': {
      schema: fold('scorehouse'),
      usage: false,
      create: true,
      both: false,
      role: 'template_reader',
    },
    'grants/on_schema@usage': {
      schema: fold('scorehouse'),
      usage: true,
      create: false,
      both: false,
      role: 'template_reader',
    },
    'grants/owner': { relation: CUSTOMERS, view: false, role: 'template_reader' },
    'grants/owner@view': { relation: VIEW, view: true, role: 'template_reader' },
    'grants/read': { relation: CUSTOMERS, role: 'template_reader' },
    'grants/request': { requests: ledger('requests'), role: 'template_reader' },
    'grants/statement_timeout': { database: 'postgres', role: 'template_reader', limit: '8h' },

    'hash/rows': { table: STAGING, columns: [fold('customer_id'), fold('score')], exceptRun: RUN },
    'hash/rows@all': { table: STAGING, columns: [fold('customer_id'), fold('score')], exceptRun: null },
    'hash/table@exact': {
      table: STAGING,
      key: KEY,
      values: HASHED.filter(({ type }) => type.kind !== 'float'),
      exceptRun: RUN,
    },
    'hash/table': { table: STAGING, key: KEY, values: HASHED, exceptRun: null },
    'hash/table@arrays': { table: EMBEDDINGS, key: KEY.slice(0, 1), values: HASHED_ARRAYS, exceptRun: null },
    'hash/table@kept': { table: STAGING, key: KEY, values: HASHED, exceptRun: RUN },

    'ledger/chunk_insert': {
      table: ledger('chunks'),
      runId: RUN,
      chunk: 0,
      epoch: 4n,
      lo: null,
      hi: '["2","o\'clock"]',
      rows: 3,
      rejects: 1,
      loadKey: 17179869184n,
      tally: '{"keys":"0123456789abcdef"}',
    },
    'ledger/chunks_list': { table: ledger('chunks'), runId: RUN },
    'ledger/control_create': { table: CONTROL },
    'ledger/control_init': { table: CONTROL },
    'ledger/control_read': { table: CONTROL },
    'ledger/control_release': { table: CONTROL, epoch: 4n },
    'ledger/control_renew': { table: CONTROL, epoch: 4n },
    'ledger/control_take': { table: CONTROL, holder: 'host:42' },
    'ledger/create_migrations': { table: ledger('migrations') },
    'ledger/create_schema': { schema: fold('scorehouse') },
    'ledger/feature_counts_insert': {
      table: ledger('feature_counts'),
      counts: [
        { runId: RUN, feature: "o'clock", reason: 'null', action: 'value', rows: 3 },
        { runId: RUN, feature: null, reason: 'engine', action: 'quarantine', rows: 1 },
      ],
    },
    'ledger/fence': { table: CONTROL, epoch: 4n },
    'ledger/metrics_delete': { table: ledger('metrics'), runId: RUN },
    'ledger/metrics_insert': {
      table: ledger('metrics'),
      columns: [
        {
          runId: RUN,
          name: fold('score'),
          rows: 3n,
          nulls: 1n,
          min: 0.25,
          max: 0.75,
          mean: 0.5,
          stddev: null,
          quantiles: '{"p50":0.5}',
          histogram: null,
        },
      ],
    },
    'ledger/metrics_live': {
      publishes: ledger('publishes'),
      metrics: ledger('metrics'),
      column: fold('score'),
      target: 'churn',
    },
    'ledger/columns_list': {
      schema: fold('scorehouse'),
      relations: [{ name: fold('migrations') }, { name: fold('runs') }],
    },
    'ledger/migration_insert': {
      table: ledger('migrations'),
      number: 1,
      name: '001_run_log',
      program: '0.1.0',
    },
    'ledger/migration_last': { table: ledger('migrations') },
    'ledger/owners_list': {
      table: ledger('runs'),
      shorts: [{ short: '00000000002a' }, { short: '00000000002b' }],
    },
    'ledger/pointer_mend': {
      table: CONTROL,
      runLog: ledger('run_log'),
      target: 'churn',
      version: 7,
      publishSeq: 2n,
      epoch: 4n,
    },
    'ledger/pointer_move': { table: CONTROL, version: 7, publishSeq: 2n, epoch: 4n },
    'ledger/publish_insert': {
      table: ledger('publishes'),
      target: 'churn',
      publishSeq: 3n,
      version: 7,
      runId: RUN,
      kind: 'run',
      rows: 3,
    },
    'ledger/publishes_list': { table: ledger('publishes'), target: 'churn', limit: 10 },
    'ledger/published_run': {
      publishes: ledger('publishes'),
      runs: ledger('runs'),
      target: 'churn',
      version: 7,
    },
    'ledger/run_append': RUN_RECORD,
    'ledger/run_append@failed': {
      ...RUN_RECORD,
      state: 'failed',
      finished: true,
      errorCode: 'GATE_REFUSED',
      errorMessage: "refused by the gate: it's late",
    },
    'ledger/run_attempts': { table: ledger('run_log'), runId: RUN },
    'ledger/run_close': { table: ledger('run_log'), runId: RUN, state: 'interrupted', resume: 'chunks' },
    'ledger/runs_abandon': { table: ledger('run_log'), target: 'churn', except: null },
    'ledger/runs_abandon@except': { table: ledger('run_log'), target: 'churn', except: RUN },
    'ledger/runs_list': { table: ledger('runs'), target: null, limit: 20 },
    'ledger/runs_list@target': { table: ledger('runs'), target: 'churn', limit: 20 },
    'ledger/runs_open': { table: ledger('runs'), chunks: ledger('chunks'), target: 'churn' },
    'ledger/schema_exists': { schema: fold('scorehouse') },
    'ledger/serialise': { name: 'control_churn' },
    'ledger/status': { table: ledger('target_status') },
    'ledger/tables_list': { schema: fold('scorehouse') },
    'ledger/target_append': {
      table: ledger('target_log'),
      target: 'churn',
      owner: 'growth',
      description: null,
      relation: 'predictions.churn',
    },
    'ledger/target_relation': { table: ledger('target_log'), target: 'churn' },
    'ledger/version_append': VERSION,
    'ledger/versions_list': { table: ledger('versions'), target: 'churn' },

    'migrations/001_run_log': { ...MIGRATION, table: ledger('run_log') },
    'migrations/002_runs': { ...MIGRATION, table: ledger('runs'), source: ledger('run_log') },
    'migrations/003_chunks': { ...MIGRATION, table: ledger('chunks') },
    'migrations/004_version_log': { ...MIGRATION, table: ledger('version_log') },
    'migrations/005_versions': { ...MIGRATION, table: ledger('versions'), source: ledger('version_log') },
    'migrations/006_publishes': { ...MIGRATION, table: ledger('publishes') },
    'migrations/007_metrics': { ...MIGRATION, table: ledger('metrics') },
    'migrations/008_requests': { ...MIGRATION, table: ledger('requests') },
    'migrations/009_target_log': { ...MIGRATION, table: ledger('target_log') },
    'migrations/010_target_status': { ...MIGRATION, table: ledger('target_status') },

    'migrations/011_feature_counts': { ...MIGRATION, table: ledger('feature_counts') },
    'migrations/012_run_resume': { ...MIGRATION, table: ledger('run_log') },
    'migrations/013_run_superseded': { ...MIGRATION, table: ledger('run_log') },
    'migrations/014_chunk_tally': { ...MIGRATION, table: ledger('chunks') },
    'migrations/015_runs_resume': { ...MIGRATION, table: ledger('runs'), source: ledger('run_log') },

    'publish/attach': { parent: PARENT, table: NEXT, version: 8 },
    'publish/carry_forward': {
      table: MERGING,
      live: STAGING,
      key: KEY,
      columns: [
        { ...plainColumn('_run_id'), stored: false, missing: false, uuid: RUN },
        { ...plainColumn('_model_version'), stored: false, missing: false, text: '3' },
        { ...plainColumn('_scored_at'), stored: false, missing: false, instant: VERSION.scoredAt },
        { ...plainColumn('level'), stored: false, missing: true },
        ...[fold('customer_id'), 'Region', '_load'].map((name) => ({
          ...plainColumn(name),
          stored: true,
          missing: false,
        })),
      ],
      among: null,
    },
    'publish/carry_forward@rejected': {
      table: MERGING,
      live: STAGING,
      key: KEY,
      columns: STAGED.map(({ name }) => ({ ...plainColumn(name), stored: true, missing: false })),
      among: { ...REJECTED, others: false },
    },
    'publish/columns_list': { parent: '"predictions"."churn__versions"' },
    'publish/delete_gone': { table: STAGING, keys: MERGING, key: KEY, among: null },
    'publish/delete_gone@rejected': {
      table: STAGING,
      keys: MERGING,
      key: KEY,
      among: { ...REJECTED, others: true },
    },
    'publish/delete_rejected': { table: STAGING, key: KEY, ...REJECTED },
    'publish/detach': { parent: PARENT, table: NEXT },
    'publish/detach_concurrently': { parent: PARENT, table: NEXT },
    'publish/detach_finalize': { parent: PARENT, table: NEXT },
    'publish/grant': { view: VIEW, roles: ['template_reader', 'public'], handsOn: false },
    'publish/grant@on': { view: VIEW, roles: ['template_reader'], handsOn: true },
    'publish/grant_usage': { schema: fold('predictions'), roles: ['template_reader'] },
    'publish/merge': { ...MERGE, changed: CHANGED, dropGone: false },
    'publish/merge@drop': { ...MERGE, changed: CHANGED, dropGone: true },
    'publish/merge_delete': MERGE,
    'publish/merge_insert': MERGE,
    'publish/old_readers': { publishes: ledger('publishes'), target: 'churn', publishSeq: 3n },
    'publish/parent_add_column': { parent: PARENT, columns: [column('risk', { kind: 'text' }, 'text')] },
    'publish/parent_create': { parent: PARENT, columns: STAGED },
    'publish/partitions_list': { parent: '"predictions"."churn__versions"' },
    'publish/preview': { view: VIEW, limit: 10 },
    'publish/readers_list': { view: '"predictions"."churn"' },
    'publish/redo_create': { redo: REDO, table: STAGING, columns: STAGED, runId: RUN },
    'publish/remove_keys': { table: STAGING, keys: UNDO, key: KEY },
    'publish/remove_run': { table: STAGING, runId: RUN },
    'publish/restore': { table: STAGING, columns: STAGED, images: UNDO },
    'publish/result_view': { ...MERGE, view: ledger('r_00000000002a'), among: null },
    'publish/result_view@gone': {
      ...MERGE,
      view: ledger('r_00000000002a'),
      among: { ...REJECTED, others: true },
    },
    'publish/roles_list': {
      schema: '"predictions"',
      view: '"predictions"."churn"',
      roles: [{ name: 'template_reader' }, { name: 'public' }],
    },
    'publish/undo_create': { ...MERGE, undo: UNDO, everyRow: false, among: null },
    'publish/undo_create@all': { ...MERGE, undo: UNDO, everyRow: true, among: null },
    'publish/undo_create@rejected': {
      ...MERGE,
      undo: UNDO,
      everyRow: false,
      among: { ...REJECTED, others: false },
    },
    'publish/view_by_pointer': {
      view: VIEW,
      parent: PARENT,
      control: CONTROL,
      columns: STAGED.map(({ name }) => name),
    },
    'publish/view_comment': { view: VIEW, comment: 'scorehouse target=churn version=7 publish=3' },
    'publish/view_guarded': {
      view: VIEW,
      table: STAGING,
      comment: 'scorehouse target=churn version=7 publish=3',
      columns: STAGED.map(({ name }) => plainColumn(name)),
    },
    'publish/view_replace': {
      view: VIEW,
      table: STAGING,
      columns: STAGED.map(({ name }) => plainColumn(name)),
    },
    'publish/view_guarded@constants': {
      view: VIEW,
      table: STAGING,
      comment: 'scorehouse target=churn version=7 publish=3',
      columns: [
        { ...plainColumn('_run_id'), uuid: RUN },
        { ...plainColumn('_model_version'), text: 'v"3\'' },
        { ...plainColumn('_scored_at'), instant: VERSION.scoredAt },
        ...STAGED.slice(3).map(({ name }) => plainColumn(name)),
      ],
    },
    'publish/view_replace@constants': {
      view: VIEW,
      table: STAGING,
      columns: [
        { ...plainColumn('_run_id'), uuid: RUN },
        { ...plainColumn('_model_version'), text: 'v"3\'' },
        { ...plainColumn('_scored_at'), instant: VERSION.scoredAt },
        ...STAGED.slice(3).map(({ name }) => plainColumn(name)),
      ],
    },

    'quarantine/aged': { quarantine: QUARANTINE, before: VERSION.scoredAt, kept: [] },
    'quarantine/aged@kept': { quarantine: QUARANTINE, before: VERSION.scoredAt, kept: [{ runId: RUN }] },
    'quarantine/delete_aged': { quarantine: QUARANTINE, before: VERSION.scoredAt, kept: [{ runId: RUN }] },
    'quarantine/count': { ...REJECTED, key: KEY },
    'quarantine/list': { ...REJECTED, key: KEY, limit: 20 },
    'quarantine/remove_unledgered': { table: QUARANTINE, chunks: ledger('chunks'), runId: RUN },
    'quarantine/summary': REJECTED,

    'source/file': { file: 'data/customers.csv', parquet: false },
    'source/file@parquet': { file: 'data/customers.parquet', parquet: true },
    'source/freeze': {
      table: ledger('in_00000000002a'),
      columns: [fold('customer_id'), 'Region', fold('tenure')],
      key: KEY,
      query: SOURCE,
    },
    'source/latest': {
      query: SOURCE,
      columns: [fold('customer_id'), 'Region', fold('tenure')],
      key: KEY,
      latestBy: [column('tenure', { kind: 'int32' }, 'integer')],
    },
    'source/last_key': {
      query: SOURCE,
      columns: [fold('customer_id'), 'Region'],
      keys: KEY.map((each) => [each]),
    },
    'source/limit': { query: SOURCE, limit: 100 },
    'source/profile': { query: SOURCE, key: KEY },
    'source/profile@one': { query: SOURCE, key: [customer] },
    'source/recount': { query: SOURCE, columns: KEY },
    'source/rejected': {
      ...REJECTED,
      query: SOURCE,
      columns: [fold('customer_id'), 'Region', fold('tenure')],
      key: KEY.map(({ name }) => ({ name, quarantined: name })),
    },
    'source/select_columns': {
      table: CUSTOMERS,
      columns: [fold('customer_id'), 'Region'],
      after: null,
      condition: null,
    },
    'source/select_columns@after': {
      table: ledger('in_00000000002a'),
      columns: [fold('customer_id'), 'Region'],
      after: 65536,
      condition: null,
    },
    'source/select_columns@condition': {
      table: CUSTOMERS,
      columns: [fold('customer_id'), 'Region'],
      after: null,
      condition: 'customer_id > 65536',
    },
    'source/table': { table: CUSTOMERS },

    'stage/analyze': { table: STAGING },
    'stage/create_index': { name: fold('churn__v7__i1'), table: STAGING, columns: ['Region', fold('score')] },
    'stage/create_table': { table: STAGING, columns: STAGED },
    'stage/create_table@quarantine': { table: QUARANTINE, columns: QUARANTINED },
    'stage/create_unique_index': {
      name: fold('churn__v7__key'),
      table: STAGING,
      key: KEY.map(({ name }) => name),
    },
    'stage/create_version': { table: NEXT, columns: STAGED, version: 8, merged: false },
    'stage/set_origin': {
      table: NEXT,
      run: fold('_run_id'),
      runId: RUN,
      model: fold('_model_version'),
      modelVersion: VERSION.modelVersion,
      scored: fold('_scored_at'),
      scoredAt: VERSION.scoredAt,
    },
    'stage/create_version@merged': { table: NEXT, columns: STAGED, version: 8, merged: true },
    'stage/drop_table': { table: ledger('in_00000000002a') },
    'stage/drop_view': { view: ledger('r_00000000002a') },
    'stage/rename_table': { table: QUARANTINE, name: fold('churn__quarantine_1') },
    'stage/remove_unledgered': { staging: STAGING, chunks: ledger('chunks'), runId: RUN },
  };
}

/** What has to be there before a first run, as `stage/create_table` makes it. */
export function newGround(fold: Dialect['fold']) {
  const column = (name: string, type: Column['type']): Column => ({ name, type, native: '' });
  const table = (schema: string, name: string): Relation => ({ schema: fold(schema), name: fold(name) });
  const id = column(fold('customer_id'), { kind: 'int64' });
  return {
    customers: {
      table: table('analytics', 'customers'),
      columns: [id, column('Region', { kind: 'text' }), column(fold('tenure'), { kind: 'int32' })],
    },
    embeddings: {
      table: table('predictions', 'embeddings'),
      columns: [id, column(fold('embedding'), { kind: 'array', element: 'float', length: 3 })],
    },
  };
}

/** The names of all contexts. */
export const CONTEXT_NAMES: readonly string[] = Object.keys(newContexts((name) => name));

/** The template that a context is for. */
export function templateOf(name: string): string {
  return name.split('@')[0] ?? name;
}

const NO_INDEXES = 'it has no indexes';
const ONE_STATEMENT = 'its view is replaced together with its comment';
const FLOATS = 'no function of its SQL gives the bits of a float';

/** Contexts of templates of the base that a warehouse is never asked for, and why. */
const NOT_FOR: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  snowflake: {
    'gate/look_nonfinite_elements': 'it has no column for an array',
    'publish/merge@drop': 'rows gone from the source are deleted by a statement of their own',
    'publish/merge_delete': 'it merges in one statement',
    'publish/merge_insert': 'it merges in one statement',
    'publish/view_comment': ONE_STATEMENT,
    'publish/view_replace': ONE_STATEMENT,
    'publish/view_replace@constants': ONE_STATEMENT,
    'stage/create_index': NO_INDEXES,
  },
  bigquery: {
    'hash/table': FLOATS,
    'hash/table@arrays': FLOATS,
    'hash/table@kept': FLOATS,
    'publish/merge_delete': 'it merges in one statement',
    'publish/merge_insert': 'it merges in one statement',
    'source/select_columns@after': 'a frozen input has no row numbers: it is read by ranges of keys',
    'publish/view_comment': ONE_STATEMENT,
    'publish/view_replace': ONE_STATEMENT,
    'publish/view_replace@constants': ONE_STATEMENT,
    'stage/create_index': NO_INDEXES,
  },
};

/** The contexts that a warehouse has a template for, and a use. */
export function listContexts(sql: SqlRenderer): readonly string[] {
  const unused = NOT_FOR[sql.dialect.kind] ?? {};
  return CONTEXT_NAMES.filter((name) => sql.has(templateOf(name)) && !Object.hasOwn(unused, name));
}
