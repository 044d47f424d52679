import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { type House, makeHouse } from '../support/house.js';
import { withClient } from '../support/postgres.js';
import { spawnCommand } from '../support/project.js';

/** Where a process is stopped (SIGSTOP): a table that somebody holds has it wait there, in a statement of its own. */
const POINTS = [
  { what: 'in the transaction of its load', table: 'scorehouse.chunks', published: '3' },
  // Whoever takes over goes on with what is staged.
  { what: 'between its gate and its publish', table: 'scorehouse.metrics', published: '2' },
] as const;

const SCORES = 'select id, f32_same from predictions.scores order by id';

for (const strategy of ['swap', 'merge'] as const) {
  for (const { what, table, published } of POINTS) {
    test(`a process that is stopped past its lease ${what}, and woken, changes nothing: exit code 4 (${strategy})`, async (t) => {
      const house = await makeVersion(t, strategy);
      const zombie = await stopAt(t, house, table);
      await house.execute(
        "update scorehouse.control_scores set expires_at = now() - interval '1 s'",
        'update source set score = 3',
      );
      const other = await house.run('run');
      assert.equal(other.code, 0, other.stdout + other.stderr);
      const after = await dump(house);

      zombie.child.kill('SIGCONT');
      const { code, stdout, stderr } = await zombie.ended;

      t.diagnostic(`stopped ${what} -> exit code ${code}\n    ${stderr.trim().split('\n').join('\n    ')}`);
      assert.equal(code, 4, stdout + stderr);
      assert.match(stderr, /^error LEASE_LOST /m);
      assert.deepEqual(await dump(house), after);
      assert.deepEqual(await house.query(SCORES), [['1', published]]);
      const next = await house.run('run');
      assert.equal(next.code, 0, next.stdout + next.stderr);
      const left = `select relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where nspname = 'scorehouse' and relname ~ '^(in|s|r)_' or nspname = 'predictions' and relname ~ '__v[0-9]+$'
  and relname not in (select relation from scorehouse.versions where state in ('live', 'kept'))`;
      assert.deepEqual(await house.query(left), []);
    });
  }
}

/** A house with one published version of score 1, and a source of score 2. */
async function makeVersion(t: TestContext, strategy: string): Promise<House> {
  const house = await makeHouse(t, 'postgres', { scores: renderEcho(`strategy: ${strategy}`) });
  await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a')");
  const { code, stdout, stderr } = await house.run('run');
  assert.equal(code, 0, stdout + stderr);
  await house.execute('update source set score = 2');
  return house;
}

/** Starts a run and stops its process while its session waits for the table; the session then goes on. */
async function stopAt(t: TestContext, house: House, table: string) {
  return await withClient(house.at, async (holder) => {
    await holder.query('begin');
    await holder.query(`lock table ${table} in share mode`);
    const zombie = spawnCommand(t, house, ['run']);
    const waits = `select 1 from pg_locks where relation = '${table}'::regclass and not granted`;
    while ((await house.query(waits)).length === 0) await sleep(10);
    zombie.child.kill('SIGSTOP');
    await holder.query('commit');
    while ((await house.query(waits)).length > 0) await sleep(10);
    return zombie;
  });
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
