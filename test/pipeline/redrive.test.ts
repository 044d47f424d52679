import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HOUSES, type House, type HouseKind } from '../support/house.js';
import { type Outcome, parseEvents } from '../support/project.js';
import {
  figuresOf,
  GOOD,
  good,
  makeRejecting,
  publish,
  type Rejecting,
  rejectsOf,
  rewrite,
} from '../support/rejecting.js';

const LOOK = 'select id, f64_same, _run_id from predictions.scores order by id';
const PUBLISHES = 'select count(*) from scorehouse.publishes';
const BAD = (id: number) => `${id}, 'p', null, 2, 3, true, 'a'`;

for (const kind of HOUSES) {
  for (const strategy of ['swap', 'merge'] as const) {
    test(`${strategy}: repaired rows are scored beside all others, which stay as they are (${kind})`, async (t) => {
      const house = await makeRejected(t, kind, { write: `strategy: ${strategy}` });
      const before = await house.query(LOOK);
      await house.execute(
        'update source set f = 7 where id in (1, 4)',
        'delete from source where id = 2',
        `insert into source values (${good(9)})`,
      );

      const { stdout } = ok(await house.run('redrive', 'scores'));

      assert.match(stdout, /redrive {4}2 rows that run [-0-9a-f]+ rejected/);
      const after = await house.query(LOOK);
      assert.deepEqual(after.slice(0, 3), before, 'neither a change, nor a deletion, nor a new row counts');
      assert.deepEqual(
        after.slice(3).map((row) => row.slice(0, 2)),
        [['4', '7']],
      );
      assert.notEqual(after[3]?.[2], before[0]?.[2], 'what was redriven has the run that scored it');
      assert.deepEqual(await rejectsOf(house), [['5', 'f64', 'null']]);
      assert.deepEqual(await figuresOf(house), ['2', '1', '1', '4', 'published']);
      assert.match(ok(await house.run('quarantine', 'scores')).stdout, /rejected 1 rows\n/);
      ok(await house.run('verify', 'scores'));

      ok(await house.run('rollback', 'scores'));
      assert.deepEqual(await house.query(LOOK), before);
      assert.match(ok(await house.run('quarantine', 'scores')).stdout, /rejected 2 rows\n/);
      ok(await house.run('redrive', 'scores'));
      await house.execute('update source set f = 8 where id = 5');
      ok(await house.run('redrive', 'scores'));
      assert.deepEqual(
        (await house.query(LOOK)).map((row) => row.slice(0, 2)),
        [
          ['1', '1.5'],
          ['2', '1.5'],
          ['3', '1.5'],
          ['4', '7'],
          ['5', '8'],
        ],
      );
      ok(await house.run('verify', 'scores'));
      const publishes = await house.query(PUBLISHES);
      assert.match(ok(await house.run('redrive', 'scores')).stdout, /no rejected rows are open/);
      assert.deepEqual(await house.query(PUBLISHES), publishes);
      await publish(house);
      assert.equal((await house.query(LOOK)).length, 5, 'the next run has the source as it is');
    });
  }

  for (const [rejected, shown] of [
    ['null', null],
    ['keep_previous', '1.5'],
  ] as const) {
    test(`rejected_rows: ${rejected}: a row rejected again is shown as before (${kind})`, async (t) => {
      const target: Rejecting = { ...TARGET, errors: `budget: 2, rejected_rows: ${rejected}` };
      const house = await makeRejecting(t, kind, target, good(1), good(2), good(3));
      await publish(house);
      await house.execute('update source set f = null where id in (2, 3)');
      await publish(house);
      await house.execute('update source set f = 9 where id = 2');

      ok(await house.run('redrive', 'scores'));

      const rows = (await house.query(LOOK)).map((row) => row.slice(0, 2));
      assert.deepEqual(rows, [
        ['1', '1.5'],
        ['2', '9'],
        ['3', shown],
      ]);
      ok(await house.run('verify', 'scores'));
    });
  }

  test(`a key of several columns and latest_by are those of the run (${kind})`, async (t) => {
    const target: Rejecting = { ...TARGET, key: 'id, part', more: 'on_duplicate: { latest_by: big }\n' };
    const house = await makeRejecting(t, kind, target, good(1), `2, 'o''p', null, 2, 3, true, 'a'`, good(2));
    await publish(house);
    await house.execute(
      `insert into source values (2, 'o''p', 6, 2, 4, true, 'a'), (2, 'o''p', 5, 2, 2, true, 'a')`,
    );

    const events = parseEvents(ok(await house.run('redrive', 'scores', '--json')).stdout);

    assert.deepEqual(
      events
        .map(({ event }) => event)
        .filter((event) => event !== 'chunks_loaded')
        .slice(0, 3),
      ['run_started', 'redrive', 'planned'],
    );
    assert.deepEqual(
      await house.query('select id, part, f64_same from predictions.scores order by id, part'),
      [
        ['1', 'p', '1.5'],
        ['2', "o'p", '6'],
        ['2', 'p', '1.5'],
      ],
    );
  });

  test(`a rate of the budget counts all rows that readers have (${kind})`, async (t) => {
    const house = await makeRejected(t, kind, { errors: 'budget: 40 %' });
    await house.execute('update source set f = 7 where id = 4');
    ok(await house.run('redrive', 'scores'));
    // Of the one row that is left, not of the two that were redriven.
    assert.deepEqual(await rejectsOf(house), [['5', 'f64', 'null']]);
  });

  test(`what cannot be redriven changes nothing (${kind})`, async (t) => {
    const house = await makeRejecting(t, kind, TARGET, good(1), good(2), good(3), BAD(4), BAD(5));
    const none = await house.run('redrive', 'scores');
    assert.equal(none.code, 2);
    assert.match(none.stderr, /scores has not published anything yet/);
    await publish(house);
    const before = await house.query(LOOK);

    const again = await house.run('redrive', 'scores');
    assert.equal(again.code, 3, again.stderr);
    assert.match(again.stderr, /2 of 2 rows were rejected, and none was scored/);
    rewrite(house, { ...TARGET, policies: { f: 'nulls: quarantine, range: [0, 9]' } });
    const other = await house.run('redrive', 'scores');
    assert.equal(other.code, 2);
    assert.match(other.stderr, /contract \(features, outputs, key\) has changed.*\n.*scorehouse run scores/);
    rewrite(house, { ...TARGET, errors: 'quarantine: false' });
    assert.match((await house.run('redrive', 'scores')).stderr, /errors\.quarantine is false/);
    rewrite(house, TARGET);
    await house.execute(`update source set f = 7`);
    const planned = ok(await house.run('redrive', 'scores', '--dry-run'));
    assert.match(planned.stdout, /plan {7}2 rows/);
    await house.execute('delete from source where id > 3');
    const gone = ok(await house.run('redrive', 'scores'));
    assert.match(gone.stderr, /the source has none of the rejected rows any more/);

    assert.deepEqual(await house.query(LOOK), before);
    assert.deepEqual(await house.query(PUBLISHES), [['1']]);
    const events = parseEvents((await house.run('redrive', 'scores', '--json')).stdout);
    assert.equal(events.at(-1)?.event, 'run_finished');
  });

  test(`a gate that refuses the result keeps what readers have (${kind})`, async (t) => {
    const more = 'checks:\n  - { sql: "select max(f64_same) < 100 from {{this}}" }\n';
    const house = await makeRejected(t, kind, { more });
    const before = await house.query(LOOK);
    await house.execute('update source set f = 100 where id = 4');
    const { code, stderr } = await house.run('redrive', 'scores');
    assert.equal(code, 3, stderr);
    assert.deepEqual(await house.query(LOOK), before);
    await house.execute('update source set f = 99 where id = 4');
    ok(await house.run('redrive', 'scores'));
  });
}

test('nothing to redrive is one last event for a program', async (t) => {
  const house = await makeRejecting(t, 'duckdb', TARGET, `1, 'p', ${GOOD}`);
  await publish(house);
  const events = parseEvents(ok(await house.run('redrive', 'scores', '--json')).stdout);
  const told = events.map((event) =>
    'state' in event ? `${event.event} ${event.state} ${event.exit_code}` : '',
  );
  assert.deepEqual(told, ['run_finished nothing 0']);
});

const TARGET: Rejecting = { policies: { f: 'nulls: quarantine' }, chunkRows: 2 };

/** Rows 1 to 3 are scored, 4 and 5 were rejected. */
async function makeRejected(t: TestContext, kind: HouseKind, target: Rejecting): Promise<House> {
  const house = await makeRejecting(
    t,
    kind,
    { ...TARGET, ...target },
    good(1),
    good(2),
    good(3),
    BAD(4),
    BAD(5),
  );
  await publish(house);
  return house;
}

function ok(outcome: Outcome): Outcome {
  assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
  return outcome;
}
