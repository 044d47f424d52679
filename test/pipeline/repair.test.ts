import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, type HouseKind, makeHouse } from '../support/house.js';
import type { Outcome } from '../support/project.js';

const ROWS = 'select id, note, f32_same from predictions.scores order by id';
const CONTROL = 'select pointer, publish_seq, holder from scorehouse.control_scores';
const PUBLISHES = 'select publish_seq, version, kind from scorehouse.publishes order by publish_seq';

for (const kind of HOUSES) {
  for (const strategy of ['swap', 'merge']) {
    test(`${strategy}: a view that was dropped is told by run, status and verify, and made again by repair (${kind})`, async (t) => {
      const house = await makePublished(t, kind, `strategy: ${strategy}`);
      const before = await remember(house);
      await house.execute('drop view predictions.scores');

      for (const argv of [['run'], ['plan'], ['verify', 'scores'], ['rollback', 'scores']]) {
        await assertDiffers(
          house,
          argv,
          /predictions\.scores is missing, while version \d is on record as live/,
        );
      }
      const status = await house.run('status');
      assert.equal(status.code, 0);
      assert.match(
        status.stderr,
        /warning: scores: .*predictions\.scores is missing.*\n {2}next: .*repair scores/,
      );

      await assertRepaired(house, before, 'predictions.scores is missing');
      assert.equal((await house.run('status')).stderr, '');
      assert.equal((await house.run('verify', 'scores')).code, 0);
      assert.equal((await house.run('run')).code, 0);
    });
  }

  test(`what scorehouse did not make is never overwritten: exit code 6, with its name (${kind})`, async (t) => {
    const house = await makePublished(t, kind, '');
    for (const [what, make] of [
      ['table', 'create table predictions.scores as select 7 as mine'],
      ['view', 'create view predictions.scores as select 7 as mine'],
    ] as const) {
      await house.execute('drop view if exists predictions.scores', make);
      for (const command of ['run', 'repair']) {
        const { code, stderr } = await house.run(command);
        assert.equal(code, 6, stderr);
        assert.match(stderr, /predictions\.scores exists and is not scorehouse's view of scores/);
      }
      assert.match(
        (await house.run('status')).stderr,
        /warning: scores: predictions\.scores exists and is not/,
      );
      assert.deepEqual(await house.query('select mine from predictions.scores'), [['7']]);
      await house.execute(`drop ${what} predictions.scores`);
    }
    assert.equal((await house.run('repair')).code, 0);
    assert.deepEqual(await house.query(ROWS), [
      ['1', 'a', '20'],
      ['2', 'b', '2'],
    ]);
  });

  test(`a pointer that a person moved is set to what the ledger says (${kind})`, async (t) => {
    const house = await makePublished(t, kind, '');
    const before = await remember(house);
    await house.execute('update scorehouse.control_scores set pointer = 1, publish_seq = 9');
    await assertDiffers(house, ['run'], /control_scores points to another publish/);
    await assertRepaired(house, before, 'control_scores points to another publish');
  });

  test(`a control row that is gone is made again, past every epoch that there was (${kind})`, async (t) => {
    const house = await makePublished(t, kind, '');
    const before = await remember(house);
    await house.execute('delete from scorehouse.control_scores');
    await assertDiffers(house, ['run'], /control_scores has lost its row/);
    await assertRepaired(house, before, 'control_scores has lost its row');
    const epochs =
      'select (select epoch from scorehouse.control_scores) - max(epoch) from scorehouse.run_log';
    // Commands take epochs that no run logs: the margin is for theirs.
    assert.deepEqual(await house.query(epochs), [['1000']]);
    assert.equal((await house.run('run')).code, 0);
  });

  test(`a live table that is gone cannot be repaired, and says what can be done (${kind})`, async (t) => {
    const house = await makePublished(t, kind, '');
    await house.execute('drop table predictions.scores__v2');
    const { code, stderr } = await house.run('repair');
    assert.equal(code, 6, stderr);
    assert.match(
      stderr,
      /the table of version 2 of scores, scores__v2, is gone\n {2}next: .*scorehouse run scores/,
    );
    assert.equal((await house.run('run')).code, 0);
  });

  test(`nothing to repair is exit code 0, before the first publish too (${kind})`, async (t) => {
    const house = await makeHouse(t, kind, { scores: renderEcho('') });
    await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a')");
    assert.match(ok(await house.run('repair')).stdout, /nothing was published yet, nothing to repair/);
    ok(await house.run('run'));
    const shown = ok(await house.run('repair', 'scores'));
    assert.equal(shown.stdout, 'scores: predictions.scores shows version 1, nothing to repair\n');
  });
}

test('a view whose text a person replaced keeps its mark, and is found all the same (postgres)', async (t) => {
  const house = await makePublished(t, 'postgres', '');
  const before = await remember(house);
  await house.execute(
    'create view predictions.others as select * from predictions.scores',
    `create or replace view predictions.scores as
      select _run_id, _model_version, _scored_at, id, note, cast(7 as real) as f32_same from predictions.scores__v1`,
  );
  const difference = /predictions\.scores does not read the version that the ledger's pointer names/;
  await assertDiffers(house, ['run'], difference);
  await assertRepaired(
    house,
    before,
    "predictions.scores does not read the version that the ledger's pointer names",
  );
  assert.deepEqual(await house.query('select count(*) from predictions.others'), [['2']]);
});

test('a live version that a person detached is attached again (postgres)', async (t) => {
  const house = await makePublished(t, 'postgres', 'strategy: merge');
  const before = await remember(house);
  await house.execute('alter table predictions.scores__versions detach partition predictions.scores__v1');
  assert.deepEqual(await house.query(ROWS), []);
  const said = 'predictions.scores__v1 is no partition of predictions.scores__versions';
  await assertDiffers(house, ['run'], new RegExp(said));
  await assertRepaired(house, before, said);
});

test('repair lets the roles of write.grants read the view again (postgres)', async (t) => {
  const house = await makeHouse(t, 'postgres', { scores: renderEcho('grants: { select: [public] }') });
  await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a')");
  ok(await house.run('run'));
  await house.execute('drop view predictions.scores');
  ok(await house.run('repair'));
  const may =
    "select count(*) from information_schema.table_privileges where table_name = 'scores' and grantee = 'PUBLIC'";
  assert.deepEqual(await house.query(may), [['1']]);
});

test('repair does not take a target that another run has (postgres)', async (t) => {
  const house = await makePublished(t, 'postgres', '');
  await house.execute(
    'drop view predictions.scores',
    `update scorehouse.control_scores set holder = 'elsewhere:1:x', expires_at = now() + interval '1 minute'`,
  );
  const { code, stderr } = await house.run('repair');
  assert.equal(code, 4, stderr);
  assert.match(stderr, /another run holds scores: elsewhere:1:x/);
});

/** A house whose target was published twice. */
async function makePublished(t: TestContext, kind: HouseKind, write: string): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderEcho(write) });
  await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')");
  ok(await house.run('run'));
  await house.execute('update source set score = 20 where id = 1');
  ok(await house.run('run'));
  return house;
}

async function remember(house: House) {
  const columns = `select column_name, data_type from information_schema.columns
    where table_schema = 'predictions' and table_name = 'scores' order by ordinal_position`;
  const queries = [ROWS, CONTROL, PUBLISHES, columns, 'select * from predictions.scores order by id'];
  const answers = [];
  for (const query of queries) answers.push(await house.query(query));
  return { queries, answers };
}

async function assertDiffers(house: House, argv: readonly string[], what: RegExp): Promise<void> {
  const { code, stderr } = await house.run(...argv);
  assert.equal(code, 6, `${argv.join(' ')}: ${stderr}`);
  assert.match(stderr, /the published object differs from the ledger/);
  assert.match(stderr, what);
  assert.match(stderr, /next: .*scorehouse repair scores/);
}

/** Repairs, twice: readers have what they had, under the publish that they had. */
async function assertRepaired(
  house: House,
  { queries, answers }: Awaited<ReturnType<typeof remember>>,
  difference: string,
): Promise<void> {
  const first = ok(await house.run('repair', '--json'));
  const { targets } = JSON.parse(first.stdout) as { targets: readonly { repaired: string | null }[] };
  assert.deepEqual(
    targets.map(({ repaired }) => repaired),
    [difference],
  );
  for (const [i, query] of queries.entries()) assert.deepEqual(await house.query(query), answers[i], query);
  assert.match(ok(await house.run('repair')).stdout, /nothing to repair/);
  for (const [i, query] of queries.entries()) assert.deepEqual(await house.query(query), answers[i], query);
}

function ok(outcome: Outcome): Outcome {
  assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
  return outcome;
}
