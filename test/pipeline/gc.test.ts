import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, type HouseKind, makeHouse, writeTarget } from '../support/house.js';
import type { Outcome } from '../support/project.js';
import { dieAt, failureOf, openRunner } from '../support/runs.js';

interface Report {
  readonly target: string;
  readonly skipped: string | null;
  readonly removed: readonly { readonly what: string; readonly name: string; readonly why: string }[];
  readonly stays: readonly { readonly name: string; readonly why: string }[];
  readonly strangers: readonly string[];
}

const CHUNKS = 'resources: { chunk_rows: 1024, workers: 1 }';
const ROWS = 1500;
const WHOLE = 'select count(*), count(distinct id), min(f32_same), max(f32_same) from predictions.scores';

/** Calls of a run at which it dies, others for each way to run and each warehouse: a sample of all its steps. */
const STEP = 15;
const FIRST = { duckdb: 2, postgres: 9 };

for (const kind of HOUSES) {
  for (const [i, [snapshot, write]] of (
    [
      ['frozen', 'strategy: swap'],
      ['live', 'strategy: merge'],
    ] as const
  ).entries()) {
    test(`${snapshot}, ${write}: whenever a run dies, gc leaves what is needed (${kind})`, async (t) => {
      const house = await makeSource(t, kind, write, snapshot);
      ok(await house.run('run'));
      let score = 1;
      for (let n = FIRST[kind] + i * 4; ; n += STEP) {
        await house.execute(`update source set score = ${++score}`);
        const died = await dieAt(house, n);
        if (died === null) break;
        const before = await house.query(WHOLE);

        const planned = await gc(house, '--dry-run');
        const resumable = await resumableOf(house);
        const done = await gc(house);

        assert.deepEqual(done, planned, `at call ${n} a dry run says what is done`);
        assert.deepEqual((await gc(house)).removed, [], 'twice is once');
        assert.deepEqual(await house.query(WHOLE), before);
        await assertKept(house);
        assert.deepEqual(await resumableOf(house), resumable);
        await assertGoesOn(house, resumable, `at call ${n}`);
        assert.deepEqual(await leftovers(house), []);
        assert.deepEqual((await house.query(WHOLE))[0], [
          String(ROWS),
          String(ROWS),
          String(score),
          String(score),
        ]);
      }
      const last = await house.query(WHOLE);
      ok(await house.run('run'));
      await gc(house);
      ok(await house.run('rollback', 'scores'));
      assert.deepEqual(await house.query(WHOLE), last);
      await gc(house);
      ok(await house.run('verify', 'scores'));
      ok(await house.run('rollback', 'scores'));
      ok(await house.run('verify', 'scores'));
    });
  }

  test(`what a refused run kept goes, what the ledger does not know is named and stays (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'strategy: swap');
    ok(await house.run('run'));
    writeTarget(house, 'scores', renderTarget('strategy: swap', 'live', 'checks: [{ sql: select false }]'));
    assert.equal((await house.run('run')).code, 3);
    await house.execute(
      'create table predictions.scores__v77 as select 7 as mine',
      'create table predictions.scores__vx as select 7 as mine',
      'create table scorehouse.s_0123456789ab as select 7 as mine',
      'create table scorehouse.s_mine as select 7 as mine',
    );
    const shown = ok(await house.run('gc', '--dry-run')).stdout;
    assert.match(shown, /would remove version predictions\.scores__v2.*\(failed\)/);
    assert.match(shown, /predictions\.scores__v77 is not ours to drop/);
    assert.match(shown, /scorehouse\.s_0123456789ab is not ours to drop/);
    assert.doesNotMatch(shown, /scores__vx|s_mine/);
    assert.deepEqual(await states(house), ['live', 'failed']);

    assert.match(ok(await house.run('gc')).stdout, /removed version predictions\.scores__v2/);

    assert.deepEqual(await states(house), ['live', 'dropped']);
    for (const table of ['predictions.scores__v77', 'scorehouse.s_0123456789ab', 'scorehouse.s_mine']) {
      assert.deepEqual(await house.query(`select mine from ${table}`), [['7']]);
    }
    // Under the name of a version that is dropped: restored by somebody, to compare.
    await house.execute('create table predictions.scores__v2 as select 7 as mine, 1 as _load');
    assert.match(ok(await house.run('gc')).stdout, /predictions\.scores__v2 is not ours to drop/);
    assert.deepEqual(await house.query('select mine from predictions.scores__v2'), [['7']]);
  });

  test(`a run in doubt is left alone, one too old to go on with is closed first (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'strategy: swap', 'frozen');
    await dieInLoad(house);
    const tables = await leftovers(house);
    assert.equal(tables.length, 2, tables.join());
    await house.execute("update scorehouse.run_log set state = 'unknown' where state = 'running'");

    const doubtful = await gc(house);
    assert.deepEqual(doubtful.removed, []);
    assert.match(doubtful.stays[0]?.why ?? '', /its outcome is not known: scorehouse reconcile/);
    await house.execute("update scorehouse.run_log set state = 'running' where state = 'unknown'");
    assert.match((await gc(house)).stays[0]?.why ?? '', /the next run can go on with it/);
    assert.deepEqual(await leftovers(house), tables);

    await house.execute(
      "update scorehouse.run_log set logged_at = logged_at - interval '13 hours'",
      "update scorehouse.chunks set loaded_at = loaded_at - interval '13 hours'",
    );
    const { removed } = await gc(house);
    assert.deepEqual(
      removed.map(({ what }) => what),
      ['run', 'version', 'helper'],
    );
    assert.match(removed[0]?.why ?? '', /it stood still for more than 12 hours/);
    assert.deepEqual(await leftovers(house), []);
    assert.deepEqual(await house.query('select state, resume from scorehouse.runs'), [['abandoned', null]]);
    const chunks = await house.query('select count(*) from scorehouse.chunks');
    assert.deepEqual(chunks, [['1']], 'the ledger keeps its rows');
    ok(await house.run('run'));
  });

  test(`old rejects go, but for those of versions that are there (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'keep_versions: 1', 'live', 'errors: { budget: 10 }');
    writeTarget(
      house,
      'scores',
      renderTarget('keep_versions: 1', 'live', 'errors: { budget: 10 }')
        .replace('f32: { column: score }', 'f32: { column: score, nulls: quarantine }')
        .replace('f64: { column: score }', 'f64: { column: i }'),
    );
    await house.execute('update source set score = null where id < 3');
    for (let run = 0; run < 4; run++) ok(await house.run('run'));
    const rejects = 'select count(*), count(distinct _run_id) from predictions.scores__quarantine';
    assert.deepEqual(await house.query(rejects), [['8', '4']]);
    assert.deepEqual((await gc(house)).removed, []);
    await house.execute(
      "update predictions.scores__quarantine set rejected_at = rejected_at - interval '91 days'",
    );
    const shown = ok(await house.run('gc', '--dry-run')).stdout;
    assert.match(shown, /would remove rejects predictions\.scores__quarantine, 4 rows \(before \d{4}-/);
    assert.match(ok(await house.run('gc', '--keep-days', '92')).stdout, /nothing to remove/);

    ok(await house.run('gc'));

    // Those of the live version and of the one that a rollback reaches.
    assert.deepEqual(await house.query(rejects), [['4', '2']]);
    assert.match(ok(await house.run('quarantine', 'scores')).stdout, /rejected 2 rows/);
  });

  test(`nothing was ever run: nothing to do, and no ledger is made (${kind})`, async (t) => {
    const house = await makeSource(t, kind, '');
    assert.equal((await gc(house)).skipped, 'nothing was ever run');
    const schemas = "select count(*) from information_schema.schemata where schema_name = 'scorehouse'";
    assert.deepEqual(await house.query(schemas), [['0']]);
    assert.equal((await house.run('gc', '--keep-days', 'x')).code, 2);
  });
}

test('a target that a run has is skipped, exit code 0 (postgres)', async (t) => {
  const house = await makeSource(t, 'postgres', 'strategy: swap', 'frozen');
  let skipped: string | null = null;
  await using runner = await openRunner(house);
  const ran = await runner.run(async (point) => {
    if (skipped === null && point.startsWith('before load')) ({ skipped } = await gc(house));
  });
  assert.equal(ran.exit_code, 0, failureOf(ran));
  assert.equal(skipped, 'a run is at work');
});

test('copies of models go when their process is gone, and only then', async (t) => {
  const house = await makeSource(t, 'duckdb', '');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const make = (of: number) => mkdtempSync(join(tmpdir(), `scorehouse-model-${hostname()}-${of}-`));
  const [dead, own] = [make(pid), make(process.pid)];
  const strange = join(tmpdir(), `scorehouse-model-elsewhere.${hostname()}-${pid}-abcdef`);
  mkdirSync(strange, { recursive: true });
  t.after(() => {
    for (const folder of [dead, own, strange]) rmSync(folder, { recursive: true, force: true });
  });
  assert.ok(ok(await house.run('gc', '--dry-run')).stdout.includes(`would remove ${dead} `));
  assert.ok(existsSync(dead));
  ok(await house.run('gc'));
  assert.deepEqual([dead, own, strange].map(existsSync), [false, true, true]);
});

function renderTarget(write: string, snapshot: string, more = ''): string {
  return renderEcho(write, { more: `${CHUNKS}\n${more}` }).replace(
    'from source }',
    `from source, snapshot: ${snapshot} }`,
  );
}

async function makeSource(
  t: TestContext,
  kind: HouseKind,
  write: string,
  snapshot = 'live',
  more = '',
): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderTarget(write, snapshot, more) });
  const rows = kind === 'duckdb' ? `range(1, ${ROWS + 1})` : `generate_series(1, ${ROWS})`;
  await house.execute(ECHO_SOURCE, `insert into source select i, 1, 1, true, 'n' || i from ${rows} as r(i)`);
  return house;
}

/** Dies when its first chunk is in, which is a state that others may go on from. */
async function dieInLoad(house: House): Promise<void> {
  await using runner = await openRunner(house);
  let loads = 0;
  await runner.run(
    (point) => {
      if (point.startsWith('before load')) loads++;
      if (loads === 2) throw new Error('dead');
    },
    undefined,
    [],
    { checkpointMs: 0 },
  );
  await runner[Symbol.asyncDispose]();
  await house.execute('update scorehouse.control_scores set holder = null');
}

async function gc(house: House, ...argv: readonly string[]): Promise<Report> {
  const { targets } = JSON.parse(ok(await house.run('gc', '--json', ...argv)).stdout) as {
    targets: readonly [Report];
  };
  return targets[0];
}

/** Runs that the ledger says a later one may go on with, and how many chunks they have. */
function resumableOf(house: House) {
  return house.query(`select r.run_id, r.resume, count(c.chunk) from scorehouse.runs as r
    left join scorehouse.chunks as c on c.run_id = r.run_id where r.resume is not null group by r.run_id, r.resume`);
}

/** The next run publishes, and goes on with the resumable one. */
async function assertGoesOn(
  house: House,
  resumable: readonly (readonly (string | null)[])[],
  when: string,
): Promise<void> {
  await using runner = await openRunner(house);
  const ran = await runner.run();
  assert.equal(ran.exit_code, 0, `${when}: ${failureOf(ran)}`);
  await runner[Symbol.asyncDispose]();
  const resumed = ran.events.flatMap((event) =>
    event.event === 'resumed' ? [[event.run_id, event.from, String(event.chunks)]] : [],
  );
  assert.deepEqual(resumed, resumable, when);
}

/** Every version that can become live can be read. */
async function assertKept(house: House): Promise<void> {
  const kept = await house.query("select relation from scorehouse.versions where state in ('live', 'kept')");
  assert.ok(kept.length > 0);
  for (const [relation] of kept) await house.query(`select id, f32_same from predictions.${relation}`);
}

async function states(house: House): Promise<readonly (string | null | undefined)[]> {
  return (await house.query('select state from scorehouse.versions order by version')).map(
    ([state]) => state,
  );
}

/** Tables of runs that have not published. */
async function leftovers(house: House): Promise<readonly string[]> {
  const helpers = await house.query(
    "select table_name from information_schema.tables where table_schema = 'scorehouse' order by 1",
  );
  const versions = await house.query(
    "select relation from scorehouse.versions where state in ('filling', 'failed') order by 1",
  );
  return [...helpers, ...versions]
    .map(([name]) => String(name))
    .filter((name) => /^(r|s|in)_[0-9a-f]{12}$/.test(name) || name.includes('__v'));
}

function ok(outcome: Outcome): Outcome {
  assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
  return outcome;
}
