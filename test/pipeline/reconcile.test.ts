import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ScoringError } from '../../src/contract/index.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, makeHouse } from '../support/house.js';
import { openRunner, type Ran } from '../support/runs.js';

for (const kind of HOUSES) {
  test(`a publish whose answer is lost is found in the ledger and counts (${kind})`, async (t) => {
    const house = await makeSource(t, kind);
    const ran = await lose(house, 'after execute ledger/pointer_move');

    assert.deepEqual([ran.state, ran.exit_code, ran.publish_seq, ran.version], ['published', 0, 1, 1]);
    assert.match(JSON.stringify(ran.events), /the answer was lost/);
    assert.deepEqual(await states(house), [['published', null]]);
  });

  test(`a publish that did not take place is known not to have, and is made from what is staged (${kind})`, async (t) => {
    const house = await makeSource(t, kind);
    const ran = await lose(house, 'before execute ledger/pointer_move');

    assert.deepEqual([ran.state, ran.exit_code, ran.publish_seq], ['published', 0, 1]);
    const told = ran.events.map(({ event }) => event);
    assert.deepEqual(
      told.filter((event) => event === 'retry' || event === 'resumed' || event === 'published'),
      ['retry', 'resumed', 'published'],
    );
    assert.equal(told.filter((event) => event === 'chunks_loaded').length, 1, 'nothing is scored again');
    assert.deepEqual(await states(house), [['published', null]]);
  });

  test(`where nobody can be asked, the outcome is unknown until reconcile asks (${kind})`, async (t) => {
    for (const took of [true, false]) {
      const house = await makeSource(t, kind);
      const ran = await lose(house, `${took ? 'after' : 'before'} execute ledger/pointer_move`, true);
      assert.deepEqual([ran.state, ran.exit_code], ['unknown', 5]);
      const tables = await list(house);
      await letGo(house);
      const status = await house.run('status');
      assert.match(status.stdout, took ? /published/ : /dead \(was staged\)/);

      const told = await house.run('reconcile', '--json');

      assert.equal(told.code, 0, told.stderr);
      const { runs } = JSON.parse(told.stdout);
      const expected = {
        target: 'scores',
        was: 'staged',
        now: 'interrupted',
        chunks: 1,
        rows: 2,
        resume: 'staged',
      };
      assert.deepEqual(runs, took ? [] : [{ ...expected, run_id: ran.run_id }]);
      assert.deepEqual(await list(house), tables, 'reconcile drops nothing');
      const again = await house.run('reconcile');
      assert.deepEqual([again.code, again.stdout], [0, 'nothing is in doubt\n']);
      const next = await house.run('run');
      assert.equal(next.code, 0, next.stderr);
      assert.equal(/resuming run/.test(next.stdout), !took);
    }
  });
}

async function makeSource(t: TestContext, kind: House['kind']): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderEcho('') });
  await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')");
  return house;
}

/**
 * Runs, and has the answer of a commit get lost before or after it takes place.
 *
 * @param silent nobody answers from there on
 */
async function lose(house: House, at: string, silent = false): Promise<Ran> {
  await using runner = await openRunner(house);
  let lost = false;
  return await runner.run((point) => {
    if (lost && silent) throw new ScoringError('no answer', { code: 'CONNECTION', stage: 'publish' });
    if (lost || !point.startsWith(at)) return;
    lost = true;
    throw new ScoringError('commit: the answer was lost', { code: 'OUTCOME_UNKNOWN', stage: 'publish' });
  });
}

/** Its process lives on, so that nobody would take its lease for dead. */
async function letGo(house: House): Promise<void> {
  await house.execute('update scorehouse.control_scores set holder = null');
}

function states(house: House) {
  return house.query('select state, resume from scorehouse.runs');
}

function list(house: House) {
  return house.query(
    "select table_schema, table_name from information_schema.tables where table_schema in ('scorehouse', 'predictions') order by 1, 2",
  );
}
