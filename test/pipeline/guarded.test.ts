import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Failpoint } from '../../src/run/watch-calls.js';
import { likeCloud } from '../support/cloudlike.js';
import { NEVER } from '../support/duckdb.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, type HouseKind, makeHouse } from '../support/house.js';
import { failureOf, openRunner, type Ran, type Runner } from '../support/runs.js';

const ROWS = 5000;
const CHUNKS = 'resources: { chunk_rows: 1024, workers: 1 }';
const SHOWN =
  'select count(*), count(distinct id), sum(f32_same), min(note), max(note) from predictions.scores';
const LEDGER = `select (select max(publish_seq) from scorehouse.publishes),
  (select count(*) from scorehouse.versions where state = 'live'), (select publish_seq from scorehouse.control_scores),
  (select count(*) from scorehouse.publishes where version = (select pointer from scorehouse.control_scores) and
    publish_seq = (select publish_seq from scorehouse.control_scores))`;

for (const kind of HOUSES) {
  for (const strategy of ['swap', 'merge']) {
    test(`${strategy}: without transactions for objects, snapshots or order, a run publishes what it should (${kind})`, async (t) => {
      const house = await makeSource(t, kind, strategy);
      await assertPublished(house, await runOnce(house), 1, 'first');
      await change(house, 'second');
      await assertPublished(house, await runOnce(house), 2, 'second');
    });
  }
}

test('readers that could not follow keep what they had, whole, and the next run lets them follow (postgres)', async (t) => {
  const house = await makeSource(t, 'postgres', 'swap');
  await assertPublished(house, await runOnce(house), 1, 'first');
  await change(house, 'second');

  const behind = await runOnce(house, failView);

  assert.equal(behind.exit_code, 5, failureOf(behind));
  assert.match(failureOf(behind), /READERS_BEHIND.*version 2 of scores is published in the ledger, but/s);
  assert.match(failureOf(behind), /scorehouse repair scores/);
  assert.deepEqual(await house.query(SHOWN), [shown('first')]);
  assert.deepEqual(await house.query(LEDGER), [['2', '1', '2', '1']]);

  await change(house, 'third');
  const seen: (readonly (string | null)[])[] = [];
  const next = await runOnce(house, async (point) => {
    if (point === 'before execute ledger/run_append') seen.push(...(await house.query(SHOWN)));
  });
  assert.deepEqual(seen[0], shown('second'));
  await assertPublished(house, next, 3, 'third');
});

/** Of the points at which a run may die, every so many are tried; which ones is another thing each time. */
const STRIDE = 5;

for (const strategy of ['swap', 'merge']) {
  test(`${strategy}: wherever a run dies that cannot have all in one transaction, the next one publishes, and readers see no half`, async (t) => {
    const house = await makeSource(t, 'duckdb', strategy);
    await assertPublished(house, await runOnce(house), 1, 'first');
    const start = 1 + Math.floor(Math.random() * STRIDE);
    t.diagnostic(`from point ${start}`);
    let [n, before] = [start, 'first'];
    for (; ; n += STRIDE) {
      const now = `state ${n}`;
      await change(house, now);
      const died = await dieAt(house, n);
      assert.ok(
        [shown(before), shown(now)].some((each) => same(each, died.shown)),
        `${n}: ${died.shown}`,
      );
      if (!died.died) break;
      const ran = await runOnce(house);
      assert.equal(ran.exit_code, 0, `${n}: ${failureOf(ran)}`);
      // One that is gone on with has read what there was when it began.
      const [row = []] = await house.query(SHOWN);
      assert.ok(
        [shown(before), shown(now)].some((each) => same(each, row)),
        `${n}: ${row}`,
      );
      const [[seq, live, pointed, publishes] = []] = await house.query(LEDGER);
      assert.deepEqual([live, pointed, publishes], ['1', seq, '1'], `${n}`);
      before = same(row, shown(now)) ? now : before;
    }
    assert.ok(n > 80, `a run has ${n} points`);
  });
}

async function makeSource(t: TestContext, kind: HouseKind, strategy: string): Promise<House> {
  const house = await makeHouse(t, kind, {
    scores: renderEcho(`strategy: ${strategy}`, { more: CHUNKS }),
  });
  const series = kind === 'duckdb' ? `range(${ROWS}) as s(i)` : `generate_series(0, ${ROWS - 1}) as s(i)`;
  await house.execute(
    ECHO_SOURCE,
    `insert into source select (i * 7919) % ${ROWS}, i % 10, 1, true, 'first' from ${series}`,
  );
  return house;
}

function change(house: House, note: string): Promise<void> {
  return house.execute(`update source set note = '${note}'`);
}

function open(house: House): Promise<Runner> {
  return openRunner(house, undefined, (adapter) => likeCloud(adapter, 1024));
}

/** Runs on a connection of its own, since on DuckDB nobody sees what is done while it is open. */
async function runOnce(house: House, failpoint?: Failpoint): Promise<Ran> {
  await using runner = await open(house);
  return await runner.run(failpoint);
}

function shown(note: string): readonly string[] {
  return [String(ROWS), String(ROWS), String((ROWS / 10) * 45), note, note];
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function assertPublished(house: House, ran: Ran, publishSeq: number, note: string): Promise<void> {
  assert.equal(ran.exit_code, 0, failureOf(ran));
  assert.equal(ran.publish_seq, publishSeq);
  assert.deepEqual(await house.query(SHOWN), [shown(note)]);
  assert.deepEqual(await house.query(LEDGER), [[String(publishSeq), '1', String(publishSeq), '1']]);
}

function failView(point: string): void {
  if (point === 'before execute publish/view_comment') throw new Error('the view is locked by a policy');
}

/** Has a run die at its n-th call of the warehouse: from there on none arrives. */
async function dieAt(house: House, n: number) {
  await using runner = await open(house);
  let calls = 0;
  await runner.run(
    () => {
      if (++calls >= n) throw new Error('dead');
    },
    NEVER,
    [],
    { checkpointMs: 0 },
  );
  await runner[Symbol.asyncDispose]();
  await house.execute('update scorehouse.control_scores set holder = null');
  const [row = []] = await house.query(SHOWN);
  return { died: calls >= n, shown: row };
}
