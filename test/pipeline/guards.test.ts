import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ScoringError } from '../../src/contract/index.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, type HouseKind, makeHouse, writeTarget } from '../support/house.js';
import { writeProjectFile } from '../support/project.js';
import { failureOf, openRunner } from '../support/runs.js';

const ROWS = 'select id, f32_same from predictions.scores order by id';
const BOTH = { outputs: 'f32_same: {}, i32_same: {}' };

for (const kind of HOUSES) {
  test(`a table under the next version's name that the ledger does not know is left alone (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'deletes: keep');
    await house.execute(
      'create schema predictions',
      'create table predictions.scores__v1 as select 7 as mine',
    );

    const { code, stderr } = await house.run('run');

    assert.equal(code, 6, stderr);
    assert.match(stderr, /predictions\.scores__v1, the next version's name, is taken/);
    assert.deepEqual(await house.query('select mine from predictions.scores__v1'), [['7']]);
  });

  test(`another ledger leaves the versions of the first alone (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'strategy: merge, deletes: keep');
    await publish(house);
    const first = await house.query(ROWS);
    renameLedger(house);

    const { code, stderr } = await house.run('run');

    assert.equal(code, 6, stderr);
    assert.match(stderr, /ledger_schema/);
    assert.deepEqual(await house.query(ROWS), first);
  });

  test(`a run that was overtaken between its plan and its lease publishes nothing (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'strategy: swap');
    await publish(house);
    await using late = await openRunner(house);
    let overtaken = false;
    const ran = await late.run(async (point) => {
      // Of what a run writes, taking its target comes first.
      if (overtaken || !point.startsWith('before execute ledger/')) return;
      overtaken = true;
      // DuckDB's file is this process's own: there the other run is one on the same connection.
      await late.adapter.execute([{ name: 'newer', sql: 'update source set score = 50 where id = 1' }], {
        atomic: true,
        signal: AbortSignal.timeout(5000),
      });
      const newer = await late.run();
      assert.equal(newer.exit_code, 0, failureOf(newer));
    });

    assert.ok(overtaken);
    assert.equal(ran.exit_code, 4, failureOf(ran));
    assert.match(failureOf(ran), /was published meanwhile/);
    await late[Symbol.asyncDispose]();
    assert.deepEqual(await house.query(ROWS), [
      ['1', '50'],
      ['2', '2'],
    ]);
    assert.deepEqual(await house.query('select holder from scorehouse.control_scores'), [[null]]);
  });

  test(`what is staged stays where the gate could not ask, and the next run publishes it (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'strategy: swap');
    await using runner = await openRunner(house);
    const ran = await runner.run((point) => {
      if (point.startsWith('before query gate/')) {
        throw new ScoringError('a cut connection', { code: 'CONNECTION', stage: 'gate' });
      }
    });

    assert.equal(ran.exit_code, 1, failureOf(ran));
    await runner[Symbol.asyncDispose]();
    assert.deepEqual(await house.query('select state from scorehouse.versions'), [['filling']]);
    const next = await house.run('run');
    assert.equal(next.code, 0, next.stderr);
    assert.match(next.stdout, /resuming run/);
    assert.deepEqual(await house.query('select state from scorehouse.versions'), [['live']]);
  });

  test(`rows are not kept where an output changes its type (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'deletes: keep');
    await publish(house);
    const first = await house.query(ROWS);
    const recreate = 'deletes: keep, on_column_change: recreate';
    writeTarget(house, 'scores', renderEcho(recreate, { outputs: 'f32_same: { from: text_same }' }));

    const { code, stderr } = await house.run('run');

    assert.equal(code, 2, stderr);
    assert.match(stderr, /column "f32_same" would change from float to text/);
    assert.deepEqual(await house.query(ROWS), first);
  });

  test(`an older version verifies after a later one has more columns, and takes merges again (${kind})`, async (t) => {
    const recreate = 'strategy: merge, on_column_change: recreate';
    const house = await makeSource(t, kind, recreate);
    await publish(house);
    writeTarget(house, 'scores', renderEcho(recreate, BOTH));
    await publish(house);
    assert.equal((await house.run('rollback', 'scores')).code, 0);
    const verified = await house.run('verify', 'scores');
    assert.equal(verified.code, 0, verified.stderr);

    writeTarget(house, 'scores', renderEcho(recreate));
    await house.execute('update source set score = 30 where id = 2');
    await publish(house);

    assert.deepEqual(await house.query(ROWS), [
      ['1', '1'],
      ['2', '30'],
    ]);
    const again = await house.run('verify', 'scores');
    assert.equal(again.code, 0, again.stderr);
  });
}

test('a table in the place of the versions that scorehouse did not make is left alone (postgres)', async (t) => {
  const house = await makeSource(t, 'postgres', 'strategy: swap');
  await house.execute(
    'create schema predictions',
    'create table predictions.scores__versions as select 7 as mine',
  );

  const { code, stderr } = await house.run('run');

  assert.equal(code, 6, stderr);
  assert.match(stderr, /predictions\.scores__versions exists and does not hold scorehouse's versions/);
  assert.deepEqual(await house.query('select mine from predictions.scores__versions'), [['7']]);
});

test('a view that follows the pointer of another ledger is made to follow its own (postgres)', async (t) => {
  const house = await makeSource(t, 'postgres', 'keep_versions: 1');
  await publish(house);
  await publish(house);
  await publish(house);
  // Version 1 is gone, so that the other ledger may count from 1 again.
  renameLedger(house);
  await house.execute('update source set score = 40 where id = 1');
  await publish(house);

  assert.deepEqual(await house.query(ROWS), [
    ['1', '40'],
    ['2', '2'],
  ]);
});

async function makeSource(t: TestContext, kind: HouseKind, write: string): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderEcho(write) });
  await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')");
  return house;
}

/** From now on the project's ledger is another one. */
function renameLedger(house: House): void {
  const at = house.kind === 'duckdb' ? { path: 'shop.duckdb' } : { url: house.at };
  const warehouses = JSON.stringify({ dev: { type: house.kind, ...at } });
  writeProjectFile(house, 'scorehouse.yml', `name: shop\nledger_schema: other\nwarehouses: ${warehouses}\n`);
}

async function publish(house: House): Promise<void> {
  const { code, stdout, stderr } = await house.run('run');
  assert.equal(code, 0, stdout + stderr);
}
