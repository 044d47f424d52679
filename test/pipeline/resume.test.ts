import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, makeHouse, writeTarget } from '../support/house.js';
import { failureOf, openRunner, type Ran } from '../support/runs.js';

/** Each chunk in a transaction of its own. */
const EACH_CHUNK = { checkpointMs: 0 };

const CHUNKS = 'resources: { chunk_rows: 1024, workers: 1 }';

/** Rows of five chunks. */
const ROWS = 4 * 1024 + 7;

interface Setting {
  readonly snapshot?: string;
  readonly write?: string;
  readonly more?: string;
}

for (const kind of HOUSES) {
  test(`a frozen run that died goes on behind its last chunk, from what it had read (${kind})`, async (t) => {
    const house = await makeSource(t, kind, {});
    const died = await die(house, 'before load', 3);
    assert.equal(died.state, 'failed');
    await house.execute('update source set score = -1', 'insert into source values (0, 1, 1, true, null)');

    const { ran, loads } = await runAgain(house);

    assert.deepEqual(resumedOf(ran), { from: 'chunks', chunks: 2, rows: 2048 });
    assert.equal(ran.run_id, died.run_id);
    assert.equal(loads, 3);
    assert.equal(ran.rows_read, ROWS);
    await assertWhole(house);
    const epochs = await house.query('select chunk, epoch, lo, hi from scorehouse.chunks order by chunk');
    assert.deepEqual(
      epochs.map(([chunk, epoch]) => [chunk, epoch]),
      [0, 1, 2, 3, 4].map((chunk) => [String(chunk), chunk < 2 ? '1' : '2']),
    );
    for (const [i, [, , lo]] of epochs.entries()) assert.equal(lo, i === 0 ? null : epochs[i - 1]?.[3]);
    assert.deepEqual(await helpers(house), []);
  });

  test(`a run that died when all was staged is published without being scored again (${kind})`, async (t) => {
    for (const snapshot of ['live', 'frozen']) {
      for (const write of ['strategy: swap', 'strategy: merge']) {
        const house = await makeSource(t, kind, { snapshot, write });
        if (write.includes('merge')) assert.equal((await house.run('run')).code, 0);
        await die(house, 'before execute ledger/pointer_move', 1);

        const { ran, loads } = await runAgain(house);

        const { from } = resumedOf(ran);
        assert.deepEqual([from, loads], ['staged', 0], `${snapshot}, ${write}`);
        await assertWhole(house);
        const metrics = 'select count(*), count(distinct run_id) from scorehouse.metrics';
        const runs = write.includes('merge') ? '2' : '1';
        assert.deepEqual(await house.query(metrics), [[runs, runs]]);
      }
    }
  });

  test(`a live run that died before all was staged starts over (${kind})`, async (t) => {
    const house = await makeSource(t, kind, { snapshot: 'live' });
    const died = await die(house, 'before load', 1);

    const { ran } = await runAgain(house);

    assert.deepEqual(abandonedOf(ran), [[died.run_id, 'it had read from a live snapshot, which is gone']]);
    assert.notEqual(ran.run_id, died.run_id);
    await assertWhole(house);
  });

  test(`what a run kept of the live version is not doubled when another goes on with it (${kind})`, async (t) => {
    const house = await makeSource(t, kind, { write: 'deletes: keep' });
    assert.equal((await house.run('run')).code, 0);
    await house.execute('delete from source where id < 100');
    await die(house, 'before execute ledger/pointer_move', 1);

    const { ran } = await runAgain(house);

    assert.equal(resumedOf(ran).from, 'staged');
    await assertWhole(house);
  });

  test(`rejects of the earlier attempt count (${kind})`, async (t) => {
    const more = `errors: { budget: 2 }\n${CHUNKS}`;
    const house = await makeSource(t, kind, { more });
    writeTarget(house, 'scores', renderRejecting(more));
    await house.execute('update source set score = null where id in (5, 3000)');
    await die(house, 'before load scores__v1', 3);

    const { ran } = await runAgain(house);

    assert.equal(resumedOf(ran).rows, 2048);
    assert.equal(ran.rows_rejected, 2);
    assert.deepEqual(await house.query('select id from predictions.scores__quarantine order by 1'), [
      ['5'],
      ['3000'],
    ]);
    const [counts] = await house.query('select rows from scorehouse.feature_counts');
    assert.deepEqual(counts, ['2']);
    const verified = await house.run('verify', 'scores');
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  });

  test(`nobody goes on with another work, nor where asked not to, nor too late (${kind})`, async (t) => {
    const house = await makeSource(t, kind, {});
    const cases = [
      {
        reason: /^the source query has changed \(\w{12} was, \w{12} is\)$/,
        change: async () =>
          writeTarget(house, 'scores', renderTarget({}).replace('from source', 'from source where true')),
      },
      {
        reason: /^features, outputs or other parts of the target have changed$/,
        change: async () =>
          writeTarget(
            house,
            'scores',
            renderTarget({}).replace('{ column: score }', '{ column: score, nulls: nan }'),
          ),
      },
      {
        reason: /^it stood still for more than 12 hours$/,
        change: () =>
          house.execute(
            "update scorehouse.run_log set logged_at = logged_at - interval '13 hours'",
            "update scorehouse.chunks set loaded_at = loaded_at - interval '13 hours'",
          ),
      },
      {
        reason: /^it ran on a machine of another kind$/,
        change: () => house.execute("update scorehouse.run_log set cpu_features = 'sse2'"),
      },
      { reason: /^asked to start over$/, change: async () => undefined, restart: true },
      {
        reason: /^its frozen input is gone$/,
        change: async () =>
          house.execute(...(await helpers(house)).map((name) => `drop table scorehouse.${name}`)),
      },
    ];
    for (const { reason, change, restart = false } of cases) {
      writeTarget(house, 'scores', renderTarget({}));
      const died = await die(house, 'before load', 3);
      await change();

      const { ran } = await runAgain(house, restart);

      const [[abandoned, why] = []] = abandonedOf(ran);
      assert.equal(abandoned, died.run_id);
      assert.match(String(why), reason);
      assert.deepEqual(await helpers(house), []);
      await assertWhole(house);
    }
  });

  test(`a trial leaves what an earlier run left (${kind})`, async (t) => {
    const house = await makeSource(t, kind, {});
    const died = await die(house, 'before load', 3);

    const trial = await house.run('run', '--limit', '10');

    assert.equal(trial.code, 0, trial.stderr);
    const { ran } = await runAgain(house);
    assert.equal(ran.run_id, died.run_id);
    await assertWhole(house);
  });

  test(`a mistake in the target costs a run nothing that it has staged (${kind})`, async (t) => {
    const house = await makeSource(t, kind, {});
    const died = await die(house, 'before execute ledger/pointer_move', 1);
    const wrong = 'checks: [{ sql: "select count(*) from {{this}}" }]';
    writeTarget(house, 'scores', renderTarget({ more: `${CHUNKS}\n${wrong}` }));
    assert.equal((await house.run('run')).code, 2);
    writeTarget(house, 'scores', renderTarget({}));

    const { ran, loads } = await runAgain(house);

    assert.deepEqual([ran.run_id, loads], [died.run_id, 0]);
    await assertWhole(house);
  });

  test(`chunks are made smaller for a run that dies of the same one again and again (${kind})`, async (t) => {
    const house = await makeSource(t, kind, { more: 'resources: { chunk_rows: 4096, workers: 1 }' });
    for (let death = 0; death < 3; death++) await die(house, 'before load', 1);

    const { ran } = await runAgain(house);

    const told = ran.events.find(({ event }) => event === 'resumed');
    assert.equal(told?.event === 'resumed' && told.chunk_rows, 1024);
    await assertWhole(house);
  });

  test(`an interrupted frozen run exits 130, lets the target go and is gone on with (${kind})`, async (t) => {
    const house = await makeSource(t, kind, {});
    const stop = new AbortController();
    await using runner = await openRunner(house);
    let loads = 0;
    const stopped = await runner.run(
      (point) => {
        if (point.startsWith('before load') && ++loads === 3) stop.abort();
      },
      stop.signal,
      [],
      EACH_CHUNK,
    );
    assert.deepEqual([stopped.state, stopped.exit_code], ['interrupted', 130], failureOf(stopped));
    await runner[Symbol.asyncDispose]();
    assert.deepEqual(await house.query('select holder from scorehouse.control_scores'), [[null]]);

    const { ran } = await runAgain(house);

    assert.equal(ran.run_id, stopped.run_id);
    await assertWhole(house);
  });
}

const SOURCE_ROWS = {
  duckdb: `from range(1, ${ROWS + 1}) as r(i)`,
  postgres: `from generate_series(1, ${ROWS}) as r(i)`,
};

async function makeSource(t: TestContext, kind: House['kind'], setting: Setting): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderTarget(setting) });
  await house.execute(ECHO_SOURCE, `insert into source select i, i, 1, true, 'n' || i ${SOURCE_ROWS[kind]}`);
  return house;
}

function renderTarget({ snapshot = 'frozen', write = '', more = CHUNKS }: Setting): string {
  return renderEcho(write, { more }).replace('from source }', `from source, snapshot: ${snapshot} }`);
}

function renderRejecting(more: string): string {
  return renderTarget({ more }).replace(
    'f32: { column: score }, f64: { column: score }',
    'f32: { column: score, nulls: quarantine }, f64: { column: i }',
  );
}

/** Has a run die at the n-th time that it comes by a point: from there on none of its calls arrives. */
async function die(house: House, at: string, n: number): Promise<Ran> {
  await using runner = await openRunner(house);
  let times = 0;
  const ran = await runner.run(
    (point) => {
      if (point.startsWith(at)) times++;
      if (times >= n) throw new Error('dead');
    },
    undefined,
    [],
    EACH_CHUNK,
  );
  assert.equal(times >= n, true, failureOf(ran));
  await runner[Symbol.asyncDispose]();
  // Its process lives on, so that nobody would take its lease for dead.
  await house.execute('update scorehouse.control_scores set holder = null');
  return ran;
}

async function runAgain(house: House, restart = false): Promise<{ ran: Ran; loads: number }> {
  await using runner = await openRunner(house);
  let loads = 0;
  const ran = await runner.run(
    (point) => {
      if (/^before load .*(__v|s_)/.test(point)) loads++;
    },
    undefined,
    [],
    { ...EACH_CHUNK, restart },
  );
  assert.equal(ran.exit_code, 0, failureOf(ran));
  return { ran: { ...ran, run_id: ran.events.at(-1)?.run_id ?? '' }, loads };
}

function resumedOf({ events }: Ran) {
  const told = events.find(({ event }) => event === 'resumed');
  assert.ok(told?.event === 'resumed', JSON.stringify(events.map(({ event }) => event)));
  const { from, chunks, rows } = told;
  return { from, chunks, rows };
}

function abandonedOf({ events }: Ran): readonly (readonly [string, string])[] {
  return events.flatMap((event) =>
    event.event === 'resumable_abandoned' ? [[event.abandoned, event.reason] as const] : [],
  );
}

/** Each key of the source that the run read is there once, with its own score. */
async function assertWhole(house: House): Promise<void> {
  const counts =
    'select count(*), count(distinct id), sum(case when f32_same = id then 1 else 0 end) from predictions.scores';
  const whole = String(ROWS);
  assert.deepEqual(await house.query(counts), [[whole, whole, whole]]);
  const verified = await house.run('verify', 'scores');
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
}

async function helpers(house: House): Promise<readonly string[]> {
  const names = await house.query(
    "select table_name from information_schema.tables where table_schema = 'scorehouse' order by 1",
  );
  return names.map(([name]) => String(name)).filter((name) => /^(r|s|in)_/.test(name));
}
