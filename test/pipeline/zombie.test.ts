import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { type House, makeHouse } from '../support/house.js';
import { runBlocking } from '../support/project.js';
import { failureOf, openRunner, type Ran } from '../support/runs.js';

/** Where a run stands still until another has taken its target over and published; whether it has staged all then. */
const POINTS: readonly Point[] = [
  { what: 'before it has made anything', at: 'before execute ledger/run_append' },
  { what: 'before it makes its staging', at: 'before execute ledger/fence' },
  { what: 'before its load', at: 'before load' },
  { what: 'after its load', at: 'after load' },
  { what: 'before its gate', at: 'before query gate/counts', staged: true },
  { what: 'before its publish', at: 'before execute ledger/pointer_move', staged: true },
];

interface Point {
  readonly what: string;
  readonly at: string;
  readonly staged?: boolean;
}

for (const strategy of ['swap', 'merge'] as const) {
  for (const { what, at, staged = false } of POINTS) {
    test(`a run that lost its lease ${what} changes nothing (${strategy})`, async (t) => {
      const house = await makeVersion(t, strategy);
      await using zombie = await openRunner(house);
      let after: unknown;
      const ran = await zombie.run(async (point) => {
        if (after !== undefined || !point.startsWith(at)) return;
        await overtake(house);
        after = await dump(house);
      });

      // The other goes on with what is staged, as the same run.
      await assertNothing(house, ran, after, staged ? { score: '2', state: 'published' } : STARTED_OVER);
    });
  }

  test(`a run that lost its lease between its last row and its commit changes nothing (${strategy})`, async (t) => {
    const house = await makeVersion(t, strategy);
    // The other run is a process of its own, since this one stands still within its transaction.
    await using zombie = await openRunner(house, () => {
      const { code, stdout, stderr } = runBlocking(house, ['run']);
      assert.equal(code, 0, stdout + stderr);
    });
    const ran = await zombie.run(async (point) => {
      if (point.startsWith('before load')) await expire(house);
    });

    const chunks = `select count(*) from scorehouse.chunks where run_id = '${ran.run_id}'`;
    assert.deepEqual(await house.query(chunks), [['0']]);
    await assertNothing(house, ran, await dump(house));
  });

  test(`what a run says last does not count when it lost its lease meanwhile (${strategy})`, async (t) => {
    const house = await makeVersion(t, strategy);
    await using zombie = await openRunner(house);
    let after: unknown;
    let failed = false;
    const ran = await zombie.run(async (point) => {
      if (point.startsWith('after load')) {
        failed = true;
        throw new Error('a fault');
      }
      if (!failed || after !== undefined || point !== 'before execute ledger/run_append') return;
      await overtake(house);
      after = await dump(house);
    });

    await assertNothing(house, ran, after);
  });
}

/** A house with one published version of score 1, and a source of score 2 for the run that is to be overtaken. */
async function makeVersion(t: TestContext, strategy: string): Promise<House> {
  const house = await makeHouse(t, 'postgres', { scores: renderEcho(`strategy: ${strategy}`) });
  await house.execute(ECHO_SOURCE);
  await fill(house, 1);
  await publish(house);
  await fill(house, 2);
  return house;
}

async function fill(house: House, score: number): Promise<void> {
  await house.execute('delete from source', `insert into source values (1, ${score}, ${score}, true, 'a')`);
}

async function publish(house: House): Promise<void> {
  const { code, stdout, stderr } = await house.run('run');
  assert.equal(code, 0, stdout + stderr);
}

/** Lets the lease run out, as if its holder had stood still for half a minute, and puts score 3 into the source. */
async function expire(house: House): Promise<void> {
  await house.execute("update scorehouse.control_scores set expires_at = now() - interval '1 s'");
  await fill(house, 3);
}

async function overtake(house: House): Promise<void> {
  await expire(house);
  await publish(house);
}

/** Every relation of predictions and ledger with all its rows. */
async function dump(house: House): Promise<Readonly<Record<string, unknown>>> {
  const relations = await house.query(
    `select table_schema || '.' || table_name from information_schema.tables
      where table_schema in ('predictions', 'scorehouse') order by 1`,
  );
  const dumped: Record<string, unknown> = {};
  for (const [name] of relations) {
    // How old a publish is depends on when one asks.
    if (name === 'scorehouse.target_status') continue;
    dumped[String(name)] = await house.query(`select t::text from ${name} as t order by 1`);
  }
  return dumped;
}

/** What readers see of the other run, and how the overtaken one stands in the ledger. */
interface Overtaken {
  readonly score: string;
  readonly state: string;
}

const STARTED_OVER: Overtaken = { score: '3', state: 'abandoned' };

/** Nothing has changed since the other run, whose scores are there; and the next run leaves nothing of either behind. */
async function assertNothing(
  house: House,
  ran: Ran,
  after: unknown,
  { score, state }: Overtaken = STARTED_OVER,
): Promise<void> {
  assert.notEqual(after, undefined, 'the run never came by');
  assert.equal(ran.exit_code, 4, failureOf(ran));
  assert.match(failureOf(ran), /"code":"LEASE_LOST"/);
  assert.deepEqual(await dump(house), after);
  assert.deepEqual(await house.query('select f32_same from predictions.scores'), [[score]]);
  const states = `select state from scorehouse.runs where run_id = '${ran.run_id}'`;
  for (const found of await house.query(states)) assert.deepEqual(found, [state]);

  await publish(house);
  const unknown = `select relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where nspname = 'scorehouse' and relname ~ '^(in|s|r)_' or nspname = 'predictions' and relname ~ '__v[0-9]+$'
      and relname not in (select relation from scorehouse.versions where state in ('live', 'kept'))`;
  assert.deepEqual(await house.query(unknown), []);
  const open = "select count(*) from scorehouse.runs where state in ('running', 'staged')";
  assert.deepEqual(await house.query(open), [['0']]);
}
