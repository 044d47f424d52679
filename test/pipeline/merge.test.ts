import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, type HouseKind, makeHouse, writeTarget } from '../support/house.js';

/** What readers see of the predictions, but for when. */
const LOOK = 'select id, note, f32_same, _run_id, _model_version from predictions.scores order by id';
const ROWS = 'select id, note, f32_same from predictions.scores order by id';

for (const kind of HOUSES) {
  test(`merge writes into the live version, drops what is gone, and a rollback restores it (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'strategy: merge');
    await publish(house);
    const first = await house.query(LOOK);
    assert.equal(first.length, 5);
    await house.execute(
      "update source set score = 20, note = 'two' where id = 2",
      'delete from source where id = 3',
      "insert into source values (9, 90, 9, true, 'nine')",
    );
    await publish(house);

    const second = await house.query(LOOK);
    assert.deepEqual(await house.query(ROWS), [
      ['1', 'a', '1'],
      ['2', 'two', '20'],
      ['4', 'd', '4'],
      ['5', 'e', '5'],
      ['9', 'nine', '90'],
    ]);
    assert.deepEqual(await house.query('select version, state from scorehouse.versions'), [['1', 'live']]);

    assert.equal((await house.run('rollback', 'scores')).code, 0);
    assert.deepEqual(await house.query(LOOK), first);
    assert.equal((await house.run('rollback', 'scores')).code, 0);
    assert.deepEqual(await house.query(LOOK), second);
    assert.equal((await house.run('rollback', 'scores')).code, 0);
    assert.deepEqual(await house.query(LOOK), first);
    await publish(house);
    assert.deepEqual(
      await house.query(ROWS),
      second.map((row) => row.slice(0, 3)),
    );
    assert.deepEqual(
      await house.query('select publish_seq, version, kind from scorehouse.publishes order by publish_seq'),
      ['run', 'run', 'rollback', 'rollback', 'rollback', 'run'].map((done, i) => [String(i + 1), '1', done]),
    );
    assert.deepEqual(await helpers(house), ['undo']);
  });

  for (const { write, versions } of [
    { write: 'strategy: merge, deletes: keep', versions: [['1', 'live']] },
    {
      write: 'deletes: keep',
      versions: [
        ['1', 'kept'],
        ['2', 'live'],
      ],
    },
  ]) {
    test(`${write} leaves what is gone from the source as it was, and a rollback restores the rest (${kind})`, async (t) => {
      const house = await makeSource(t, kind, write);
      await publish(house);
      const first = await house.query(LOOK);
      await house.execute('delete from source where id <= 3', 'update source set score = score + 0.5');
      await publish(house);

      const rows = await house.query(LOOK);
      assert.deepEqual(rows.slice(0, 3), first.slice(0, 3));
      assert.deepEqual(
        rows.slice(3).map((row) => row[2]),
        ['4.5', '5.5'],
      );
      const counts = 'select rows_read, rows_published from scorehouse.runs order by started_at';
      assert.deepEqual(await house.query(counts), [
        ['5', '5'],
        ['2', '5'],
      ]);
      const states = 'select version, state from scorehouse.versions order by version';
      assert.deepEqual(await house.query(states), versions);
      assert.equal((await house.run('rollback', 'scores')).code, 0);
      assert.deepEqual(await house.query(LOOK), first);
    });
  }

  test(`rows of a version that did not store their origin keep it when they are carried (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'deletes: drop');
    await publish(house);
    const first = await house.query(LOOK);
    writeTarget(house, 'scores', renderEcho('deletes: keep'));
    await house.execute('delete from source where id = 1');
    await publish(house);

    assert.deepEqual((await house.query(LOOK))[0], first[0]);
  });

  test(`a merge by another model or with other columns makes a new version (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'strategy: merge');
    await publish(house);
    const more = renderEcho('strategy: merge').replace('{ f32_same: {} }', '{ f32_same: {}, i32_same: {} }');
    writeTarget(house, 'scores', more);
    await publish(house);

    assert.deepEqual(await house.query('select version, state from scorehouse.versions order by version'), [
      ['1', 'kept'],
      ['2', 'live'],
    ]);
    assert.deepEqual((await house.query('select id, i32_same from predictions.scores order by id'))[1], [
      '2',
      '2',
    ]);
    assert.deepEqual(await helpers(house), []);
  });

  test(`what a gate refuses under merge stays for a look, the published table untouched (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'strategy: merge');
    await publish(house);
    const first = await house.query(LOOK);
    await house.execute("insert into source values (1, 7, 7, true, 'twice')");

    const refused = await house.run('run');

    assert.equal(refused.code, 3, refused.stderr);
    assert.match(refused.stderr, /BAD_KEYS.*1 rows repeat 1 keys/);
    assert.deepEqual(await house.query(LOOK), first);
    assert.deepEqual(await helpers(house), ['s']);
    await house.execute("delete from source where note = 'twice'");
    await publish(house);
    assert.deepEqual(await helpers(house), ['undo']);
  });

  test(`on_duplicate: latest_by keeps the latest row and accounts for the others (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'strategy: merge');
    writeTarget(
      house,
      'scores',
      renderEcho('keep_versions: 2', { more: 'on_duplicate: { latest_by: I }\n' }),
    );
    await house.execute("insert into source values (1, 7, 100, true, 'later'), (1, 8, null, true, 'never')");

    const run = await house.run('run');

    assert.equal(run.code, 0, run.stderr);
    assert.deepEqual((await house.query(ROWS))[0], ['1', 'later', '7']);
    const counts = 'select rows_read, rows_scored, rows_published from scorehouse.runs';
    assert.deepEqual(await house.query(counts), [['7', '5', '5']]);
    await house.execute("insert into source values (1, 9, 100, true, 'as late')");
    const tie = await house.run('run');
    assert.equal(tie.code, 3, 'two latest rows are refused: there is no arbitrary winner');
    assert.match(tie.stderr, /BAD_KEYS/);
  });
}

async function makeSource(t: TestContext, kind: HouseKind, write: string): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderEcho(write) });
  await house.execute(
    ECHO_SOURCE,
    "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b'), (3, 3, 3, true, 'c'), (4, 4, 4, true, 'd'), (5, 5, 5, true, 'e')",
  );
  return house;
}

async function publish(house: House): Promise<void> {
  const { code, stdout, stderr } = await house.run('run');
  assert.equal(code, 0, stdout + stderr);
}

/** The helper tables of runs that are left, without the runs' ids. */
async function helpers(house: House): Promise<readonly (string | null | undefined)[]> {
  const tables = await house.query(
    "select table_name from information_schema.tables where table_schema = 'scorehouse' order by table_name",
  );
  return tables.flatMap(([name]) => {
    const match = /^(in|s|r|undo|redo)_[0-9a-f]{12}$/.exec(name ?? '');
    return match === null ? [] : [match[1]];
  });
}
