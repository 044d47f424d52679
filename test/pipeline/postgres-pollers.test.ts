import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NEVER } from '../support/duckdb.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { type House, makeHouse } from '../support/house.js';
import { queryAll } from '../support/postgres.js';
import { newRandom } from '../support/random.js';
import { type ReaderLog, startReaders } from '../support/readers.js';
import { failureOf, openRunner, type Ran } from '../support/runs.js';
import { waitOutLease } from '../sweep/cell.js';
import { CountingWorker } from '../sweep/run-once.js';
import { crash } from '../sweep/sweep.js';

const DAYS = [
  { strategy: 'swap', publishes: 50, crashes: 20 },
  // Nothing but the publish differs: fewer are enough.
  { strategy: 'merge', publishes: 12, crashes: 5 },
] as const;

const ROLLBACKS = 3;
/** Of two processes, one for each isolation level. */
const POLLERS = 10;
const PAUSE_MS = 100;

/** What a poller asks: one answer tells of every row of the view, in whatever order they come. */
const LOOK = `select count(*)::text, min(_run_id::text), max(_run_id::text),
  sum(hash_record_extended(row(id, note, f32_same), 0))::text from predictions.scores`;

/** The same of the source, which is what a run that has read it must publish. */
const SOURCE_LOOK = `select count(*)::text, sum(hash_record_extended(row(id, note, score), 0))::text from source`;

/** Another number of rows with other scores for each publish. */
function renderSource(publish: number): string {
  return `insert into source select i, i + 1000 * ${publish}, i, true, 'row ' || i
    from generate_series(1, 300 + 20 * ${(publish * 7) % 11}) as i where i % 10 <> ${publish % 10}`;
}

for (const { strategy, publishes, crashes } of DAYS) {
  test(`twenty pollers see whole publishes only, during ${publishes} of them and ${crashes} crashes (${strategy})`, async (t) => {
    const { seed, draw } = newRandom();
    t.diagnostic(`seed ${seed}`);
    await using worker = new CountingWorker();
    const write = `strategy: ${strategy}, keep_versions: 2`;
    const more = 'resources: { workers: 1, chunk_rows: 100 }';
    const house = await makeHouse(t, 'postgres', { scores: renderEcho(write, { more }) });
    await house.execute(ECHO_SOURCE, renderSource(0));
    await using runner = await openRunner(house);
    const run = () => runner.run(undefined, NEVER, [worker]);
    const answers = [await publish(house, run)];
    const { points } = await crash(house, 0);
    answers.push(await look(house));
    const pollers = await Promise.all(
      (['read committed', 'repeatable read'] as const).map((isolation) =>
        startReaders(t, {
          url: house.at,
          query: LOOK,
          readers: POLLERS,
          isolation,
          lockWaitMs: 2000,
          pauseMs: PAUSE_MS,
        }),
      ),
    );

    const drawPlaces = (count: number) => Array.from({ length: count }, () => draw(publishes));
    const [crashesAt, rollbacksAt] = [drawPlaces(crashes), drawPlaces(ROLLBACKS)];
    let [killed, late] = [0, 0];
    for (let i = 0; i < publishes; i++) {
      await house.execute('delete from source', renderSource(i + 1));
      for (const _ of crashesAt.filter((place) => place === i)) {
        const before = await countPublishes(house);
        if ((await crash(house, 1 + draw(points.length))).killed) killed++;
        await waitOutLease(house);
        if ((await countPublishes(house)) === before) continue;
        late++;
        answers.push(await look(house));
      }
      answers.push(await publish(house, run));
      for (const _ of rollbacksAt.filter((place) => place === i)) {
        const { code, stderr } = await house.run('rollback', 'scores');
        assert.equal(code, 0, stderr);
        answers.push(await look(house));
      }
    }

    const logs = (await Promise.all(pollers.map((each) => each.stop()))).flat();
    for (const log of logs) checkOrder(log, answers);
    await checkLedger(house, answers);
    const seen = new Set(logs.flatMap(({ blocks }) => blocks.flat().map(({ answer }) => answer)));
    const looks = logs.reduce((sum, log) => sum + log.looks, 0);
    t.diagnostic(
      `${looks} answers, ${seen.size} of ${new Set(answers).size} publishes seen; ${killed} runs killed, ${late} of them after their publish`,
    );
    assert.ok(killed >= crashes / 2, 'most of the runs that were to be killed were');
  });
}

async function look(house: House): Promise<string> {
  return JSON.stringify((await queryAll(house.at, LOOK))[0]);
}

async function countPublishes(house: House): Promise<number> {
  return Number((await house.query('select count(*) from scorehouse.publishes'))[0]?.[0]);
}

/** Runs the target, which must publish what the source is now; what readers then see. */
async function publish(house: House, run: () => Promise<Ran>): Promise<string> {
  const ran = await run();
  assert.equal(ran.exit_code, 0, failureOf(ran));
  const [answer] = await queryAll(house.at, LOOK);
  const [source] = await queryAll(house.at, SOURCE_LOOK);
  assert.deepEqual([answer?.[0], answer?.[3]], source);
  return JSON.stringify(answer);
}

/** A poller's answers are whole publishes in their order; a transaction has one of them. */
function checkOrder({ blocks }: ReaderLog, answers: readonly string[]): void {
  let place = 0;
  for (const block of blocks) {
    for (const { answer } of block) {
      const next = answers.indexOf(answer, place);
      assert.notEqual(
        next,
        -1,
        answers.includes(answer) ? 'a poller went back' : `never published: ${answer}`,
      );
      place = next;
    }
  }
}

/** The ledger has as many publishes, of as many rows, by the runs that readers were shown. */
async function checkLedger(house: House, answers: readonly string[]): Promise<void> {
  const publishes = await house.query('select rows, run_id from scorehouse.publishes order by publish_seq');
  const shown = answers.map((answer) => JSON.parse(answer) as readonly string[]);
  assert.deepEqual(
    publishes.map(([rows]) => rows),
    shown.map(([rows]) => rows),
  );
  assert.equal((await house.run('verify', 'scores')).code, 0);
}
