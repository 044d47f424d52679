import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertHealed, assertTidy, look } from '../support/bad-day.js';
import { HASTE } from '../support/patience.js';
import { withClient } from '../support/postgres.js';
import { makeScorer, type Scorer, SECRET } from '../support/scorer.js';

const SCORES = 'select id, label, p0 from predictions.species order by id';
const STRATEGIES = ['swap', 'merge'] as const;

/** A project, published once, whose role finds a deadlock before anybody else does. */
async function makePublished(strategy: string): Promise<Scorer> {
  const scorer = await makeScorer({ target: { write: `{ strategy: ${strategy} }` } });
  await assertHealed(scorer);
  await scorer.execute(`alter role ${scorer.role} set deadlock_timeout = '1s'`);
  return scorer;
}

function tell(t: TestContext, { exitCode, text }: Awaited<ReturnType<Scorer['run']>>): void {
  const told = text.split('\n').filter((line) => /^error|^ {2}retry/.test(line));
  t.diagnostic(`exit code ${exitCode}${told.map((line) => `\n    ${line.trim()}`).join('')}`);
}

for (const strategy of STRATEGIES) {
  test(`a publish that locks in the opposite order of somebody else is made again, whole (${strategy})`, async (t) => {
    await using scorer = await makePublished(strategy);
    await scorer.execute('update analytics.penguins set a = a + 1');
    const result = await withClient(scorer.database.url, async (other) => {
      await other.query("set deadlock_timeout = '1min'");
      await other.query('begin');
      await other.query('lock table scorehouse.publishes in share mode');
      const running = scorer.run(['run']);
      const waits = `select 1 from pg_stat_activity
where usename = '${scorer.role}' and wait_event_type = 'Lock' and query ilike 'insert into%publishes%'`;
      while ((await scorer.query(waits)).length === 0) await sleep(20);
      // The publish has the control row and waits for this session, which now waits for the control row.
      await other.query('update scorehouse.control_species set holder = holder');
      await other.query('commit');
      return await running;
    });
    tell(t, result);
    assert.equal(result.exitCode, 0, result.text);
    assert.match(
      result.text,
      /retry {6}execute ledger\/pointer_move failed \(attempt 1\).*CONFLICT ledger\/publish_insert: deadlock detected/,
    );
    const publishes = 'select publish_seq from scorehouse.publishes order by 1';
    assert.deepEqual(await scorer.query(publishes), [['1'], ['2']]);
    assert.equal((await scorer.query(SCORES)).length, 5);
    await assertTidy(scorer);
  });

  test(`a publish that cannot be serialised again and again is given up, whole: exit code 1 (${strategy})`, async (t) => {
    await using scorer = await makePublished(strategy);
    await scorer.execute(
      'update analytics.penguins set a = a + 1',
      `create function analytics.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'could not serialize access' using errcode = 'serialization_failure';
end $$`,
      `create trigger refuse before insert on scorehouse.publishes
for each row execute function analytics.refuse()`,
    );
    const published = await look(scorer);
    const result = await scorer.run(['run'], SECRET, HASTE);
    tell(t, result);
    assert.equal(result.exitCode, 1, result.text);
    assert.match(
      result.text,
      /error CONFLICT \(publish\): ledger\/publish_insert: could not serialize access \(2 attempts in /,
    );
    assert.deepEqual(await look(scorer), published);
    await scorer.execute('drop trigger refuse on scorehouse.publishes');
    const next = await scorer.run(['run']);
    assert.equal(next.exitCode, 0, next.text);
    assert.match(next.text, /resuming run .*none is scored again/);
    await assertTidy(scorer);
  });
}
