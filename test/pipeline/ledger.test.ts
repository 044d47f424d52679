import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { SmallValue } from '../../src/contract/index.js';
import { executeOn, queryOn, valueOn } from '../support/duckdb.js';
import { findFixture, loadFixture, targetOf } from '../support/fixtures.js';
import { makeProject, type Project, parseEvents, runCommand, spawnCommand } from '../support/project.js';

const LINEAR = findFixture('linear');
const SOURCE = 'select * from input';

/** DESIGN.md, section 7: names that dashboards and dbt rely on. */
const LEDGER: Readonly<Record<string, string>> = {
  runs: `run_id, target, fingerprint, model_sha256, engine_version, cpu_features, sql_hash, snapshot, rows_read,
    rows_scored, rows_rejected, rows_published, key_hash, value_hash, bytes, started_at, finished_at, cost, state,
    error_code, error_message`,
  chunks: 'run_id, chunk, epoch, lo, hi, rows, rejects, load_key',
  versions: 'target, version, relation, model_sha256, contract_hash, watermark, state',
  publishes: 'target, publish_seq, version, run_id, kind, published_at',
  metrics: 'run_id, column_name, rows, nulls, min, max, mean, stddev, quantiles, histogram',
  requests: 'request_id, target, requested_by, payload, requested_at, state, run_id, updated_at',
  target_status: `target, owner, live_version, publish_seq, published_at, rows, age_seconds, fresh, late, last_run_id,
    last_run_state`,
  control_scores: 'pointer, publish_seq, holder, epoch, expires_at',
};

/** Enough work, with a slow model, for a signal to come in its middle. */
const LARGE_ROWS = 600_000;
const SLOW = findFixture('lightgbm');

test('the ledger has the names of DESIGN section 7', async (t) => {
  const project = await makeLinear(t, { scores: targetOf(LINEAR, SOURCE) });
  await runOk(project, ['run']);

  for (const [relation, columns] of Object.entries(LEDGER)) {
    await queryOn(project.database, `select ${columns} from scorehouse.${relation} limit 0`);
  }
  const views = "select view_name from duckdb_views() where schema_name = 'scorehouse' order by view_name";
  assert.deepEqual(await column(project, views), ['runs', 'target_status', 'versions']);
});

test('the view has origin, key, passthrough and outputs, in this order', async (t) => {
  const project = await makeLinear(t, { scores: targetOf(LINEAR, SOURCE, 'passthrough: [f3, f1]\n') });
  await runOk(project, ['run']);

  const described = await queryOn(
    project.database,
    'select column_name, column_type from (describe predictions.scores)',
  );
  assert.deepEqual(described, [
    ['_run_id', 'UUID'],
    ['_model_version', 'VARCHAR'],
    ['_scored_at', 'TIMESTAMP WITH TIME ZONE'],
    ['id', 'BIGINT'],
    ['f3', 'DOUBLE'],
    ['f1', 'DOUBLE'],
    ['variable', 'FLOAT'],
  ]);
});

test('a published run is logged with its counts, and target_status tells of it', async (t) => {
  const project = await makeLinear(t, { scores: targetOf(LINEAR, SOURCE, 'owner: growth\n') });
  await runOk(project, ['run']);

  const [run] = await queryOn(
    project.database,
    `select state, rows_read, rows_scored, rows_rejected, rows_published, error_code, length(fingerprint),
      length(model_sha256), length(sql_hash), snapshot like 'live: %', engine_version like 'onnxruntime%',
      finished_at >= started_at from scorehouse.runs`,
  );
  assert.deepEqual(run, ['published', 1009n, 1009n, 0n, 1009n, null, 64n, 64n, 64n, true, true, true]);
  const [status] = await queryOn(
    project.database,
    `select target, owner, live_version, publish_seq, rows, last_run_state,
      last_run_id = (select max(_run_id) from predictions.scores), age_seconds < 60 from scorehouse.target_status`,
  );
  assert.deepEqual(status, ['scores', 'growth', 1n, 1n, 1009n, 'published', true, true]);
});

test('a refused run publishes nothing, keeps its staging, and the next publish drops it', async (t) => {
  const project = await makeLinear(t, { scores: targetOf(LINEAR, SOURCE) });
  await runOk(project, ['run']);
  await executeOn(project.database, 'insert into input select * from input where id % 100 = 0');

  const refused = await runCommand(project, ['run']);

  assert.equal(refused.code, 3, refused.stderr);
  assert.deepEqual(await states(project), ['published', 'refused']);
  assert.deepEqual(await versionStates(project), ['live', 'failed']);
  assert.equal(await valueOn(project.database, 'select count(*) from predictions.scores'), 1009n);
  assert.equal(await tableExists(project, 'predictions', 'scores__v2'), true);

  await executeOn(
    project.database,
    'create or replace table input as select distinct on (id) * from input order by id',
  );
  await runOk(project, ['run']);
  assert.deepEqual(await versionStates(project), ['kept', 'dropped', 'live']);
  assert.equal(await tableExists(project, 'predictions', 'scores__v2'), false);
});

test('an empty input is refused and logged', async (t) => {
  const project = await makeLinear(t, { scores: targetOf(LINEAR, `${SOURCE} where id < 0`) });

  const { code } = await runCommand(project, ['run']);

  assert.equal(code, 3);
  const runs = 'select state, error_code from scorehouse.runs';
  assert.deepEqual(await queryOn(project.database, runs), [['refused', 'EMPTY_INPUT']]);
});

test('a run that fails while it reads is logged as failed and leaves no staging', async (t) => {
  // The first rows are right, so that the failure comes in the middle.
  const broken = "case when id < 200000 then f0 else cast('x' || id as double) end";
  const source = `select * replace (${broken} as f0) from large`;
  const project = await makeLinear(t, { scores: targetOf(LINEAR, source) });
  await executeOn(project.database, renderLarge(240_000));

  const { code, stderr } = await runCommand(project, ['run']);

  assert.notEqual(code, 0);
  assert.match(stderr, /Conversion Error/);
  assert.deepEqual(await states(project), ['failed']);
  assert.deepEqual(await versionStates(project), ['dropped']);
  assert.equal(await tableExists(project, 'predictions', 'scores__v1'), false);
});

test('chunks are contiguous and hold all rows; epochs rise with each run', async (t) => {
  const target = targetOf(LINEAR, SOURCE, 'resources: { chunk_rows: 100, workers: 3 }\n');
  const project = await makeLinear(t, { scores: target });
  await runOk(project, ['run']);
  await runOk(project, ['run']);

  const chunks = await queryOn(
    project.database,
    `select c.chunk, c.lo, c.hi, c.rows, dense_rank() over (order by c.epoch)
    from scorehouse.chunks as c join scorehouse.runs as r using (run_id) order by r.started_at, c.chunk`,
  );
  assert.equal(chunks.length, 22);
  for (const [i, [chunk, lo, hi, rows, run]] of chunks.entries()) {
    assert.equal(chunk, BigInt(i % 11));
    assert.equal(lo, i % 11 === 0 ? null : chunks[i - 1]?.[2]);
    assert.equal(rows, i % 11 === 10 ? 9n : 100n);
    assert.equal(run, i < 11 ? 1n : 2n);
    const last = 9_007_199_254_740_992n + (i % 11 === 10 ? 1009n : BigInt(i % 11) * 100n + 100n);
    assert.equal(hi, `["${last}"]`);
  }
  const control = 'select epoch, publish_seq, holder from scorehouse.control_scores';
  assert.deepEqual(await queryOn(project.database, control), [[2n, 2n, null]]);
});

test('a frozen input gives the scores of a live one and is gone afterwards', async (t) => {
  const frozen = { scores: targetOf(LINEAR, SOURCE), copied: targetOf(LINEAR, SOURCE) };
  const copied = frozen.copied.replace('source: { ', 'source: { snapshot: frozen, ');
  const project = await makeLinear(t, { ...frozen, copied });

  const events = parseEvents((await runOk(project, ['run', '--json'])).stdout);

  assert.equal(events.filter(({ event }) => event === 'frozen').length, 1);
  const differences = `select count(*) from predictions.scores as a full join predictions.copied as b using (id)
    where cast(a.variable as bit) is distinct from cast(b.variable as bit)`;
  assert.equal(await valueOn(project.database, differences), 0n);
  assert.equal(await helperTables(project), 0n);
  const snapshots = "select count(*) from scorehouse.runs where snapshot like 'frozen: %'";
  assert.equal(await valueOn(project.database, snapshots), 1n);
});

test('--limit scores and checks but never publishes', async (t) => {
  const project = await makeLinear(t, { scores: targetOf(LINEAR, SOURCE) });

  await runOk(project, ['run', '--limit', '10']);

  assert.deepEqual(await states(project), ['abandoned']);
  assert.equal(await valueOn(project.database, 'select rows_scored from scorehouse.runs'), 10n);
  assert.equal(await valueOn(project.database, 'select count(*) from scorehouse.publishes'), 0n);
  assert.equal(await tableExists(project, 'predictions', 'scores__v1'), false);
  assert.deepEqual(await versionStates(project), ['dropped']);
});

test('--dry-run writes nothing', async (t) => {
  const project = await makeLinear(t, { scores: targetOf(LINEAR, SOURCE) });

  await runOk(project, ['run', '--dry-run']);

  const schemas =
    "select count(*) from duckdb_schemas() where schema_name in ('scorehouse', 'predictions') and not internal";
  assert.equal(await valueOn(project.database, schemas), 0n);
});

test('a ledger of a newer program is refused', async (t) => {
  const project = await makeLinear(t, { scores: targetOf(LINEAR, SOURCE) });
  await runOk(project, ['run']);
  const newer =
    "insert into scorehouse.migrations values (999, '999_later', 'scorehouse 99', current_timestamp)";
  await executeOn(project.database, newer);

  const { code, stderr } = await runCommand(project, ['run']);

  assert.equal(code, 6);
  assert.match(stderr, /the ledger is at migration 999/);
  assert.deepEqual(await states(project), ['published']);
});

test('SIGINT ends a run with 130, leaves no staging, and the old version stays live', async (t) => {
  const project = await makeLinear(t, { scores: targetOf(SLOW, 'select * from source') });
  await runOk(project, ['run']);
  await executeOn(project.database, renderLarge(LARGE_ROWS), 'create or replace view source as from large');
  const stopped = spawnCommand(t, project, ['run', '--json']);
  await stopped.line('chunks_loaded');
  stopped.child.kill('SIGINT');
  const { code, stdout } = await stopped.ended;

  assert.equal(code, 130);
  const last = parseEvents(stdout).at(-1);
  assert.equal(last?.event === 'run_finished' && last.state, 'interrupted');
  assert.deepEqual(await states(project), ['published', 'interrupted']);
  // Whatever of it came before the signal: all that it read, or nothing that is kept.
  const resume = "select coalesce(max(resume), 'nothing') from scorehouse.runs where state = 'interrupted'";
  const staged = (await valueOn(project.database, resume)) === 'staged';
  assert.deepEqual(await versionStates(project), ['live', staged ? 'filling' : 'dropped']);
  assert.equal(await tableExists(project, 'predictions', 'scores__v2'), staged);
  assert.equal(await valueOn(project.database, 'select count(*) from predictions.scores'), 1009n);
  assert.equal(await valueOn(project.database, 'select holder from scorehouse.control_scores'), null);
});

/** A project over the linear fixture; `source` is a view that a test may point elsewhere. */
async function makeLinear(t: TestContext, targets: Readonly<Record<string, string>>): Promise<Project> {
  const project = makeProject(t, targets);
  await executeOn(project.database, ...loadFixture(LINEAR), 'create view source as from input');
  return project;
}

/** The fixture's rows over and over under new keys. */
function renderLarge(rows: number): string {
  return `create or replace table large as select i as id, * exclude (id, i, place)
    from range(${rows}) as numbers(i)
    join (select *, row_number() over (order by id) - 1 as place from input) as input on place = i % 1009 order by i`;
}

async function runOk(project: Project, argv: readonly string[]) {
  const outcome = await runCommand(project, argv);
  assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
  return outcome;
}

async function column({ database }: Project, sql: string): Promise<readonly SmallValue[]> {
  return (await queryOn(database, sql)).map(([value]) => value ?? null);
}

/** States of the runs, oldest first. */
function states(project: Project): Promise<readonly SmallValue[]> {
  return column(project, 'select state from scorehouse.runs order by started_at');
}

/** States of the versions, oldest first. */
function versionStates(project: Project): Promise<readonly SmallValue[]> {
  return column(project, 'select state from scorehouse.versions order by version');
}

async function tableExists({ database }: Project, schema: string, table: string): Promise<boolean> {
  const sql = `select count(*) from duckdb_tables() where schema_name = '${schema}' and table_name = '${table}'`;
  return (await valueOn(database, sql)) === 1n;
}

/** How many frozen inputs and other helpers of runs the ledger's schema holds. */
function helperTables({ database }: Project): Promise<SmallValue> {
  const sql = `select count(*) from duckdb_tables() where schema_name = 'scorehouse'
    and regexp_matches(table_name, '^(in|s|undo)_[0-9a-f]{12}$')`;
  return valueOn(database, sql);
}
