import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { execute, NEVER, queryAll, withDuckdb } from '../support/duckdb.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { type House, makeHouse } from '../support/house.js';
import { newRandom } from '../support/random.js';
import { failureOf, openRunner } from '../support/runs.js';
import { CountingWorker, runOnce } from '../sweep/run-once.js';
import { crash } from '../sweep/sweep.js';

const POLLERS = 20;
/** Publishes while pollers ask in the process that makes them. */
const PUBLISHES = { swap: 50, merge: 12 } as const;
/** Between two looks of a poller, so that twenty of them leave the machine some time. */
const PAUSE_MS = 100;
/** Runs of other processes hold the file alone: pollers open it in bursts, between them. */
const CRASHES = 8;

const LOOK = `select cast(count(*) as varchar), cast(min(_run_id) as varchar), cast(max(_run_id) as varchar),
  cast(sum(hash(id, note, f32_same)) as varchar) from predictions.scores`;

/** The same of the source, which is what a run that has read it must publish. */
const SOURCE_LOOK =
  'select cast(count(*) as varchar), cast(sum(hash(id, note, score)) as varchar) from source';

const MORE = 'resources: { workers: 1, chunk_rows: 100 }';

/** Another number of rows with other scores for each publish. */
function renderSource(publish: number): string {
  return `insert into source select i, i + 1000 * ${publish}, i, true, 'row ' || i
    from generate_series(1, 300 + 20 * ${(publish * 7) % 11}) as t(i) where i % 10 <> ${publish % 10}`;
}

for (const strategy of ['swap', 'merge'] as const) {
  test(`twenty pollers of a process see whole publishes only, during ${PUBLISHES[strategy]} of them (duckdb, ${strategy})`, async (t) => {
    const house = await makeSource(t, strategy);
    await using worker = new CountingWorker();
    await using runner = await openRunner(house);
    const look = async () => JSON.stringify((await queryAll(runner.adapter, LOOK))[0]);
    const publish = async () => {
      const ran = await runner.run(undefined, NEVER, [worker]);
      assert.equal(ran.exit_code, 0, failureOf(ran));
      return look();
    };
    const answers = [await publish()];
    let done = false;
    const poll = async () => {
      const seen: string[] = [];
      while (!done) {
        seen.push(await look());
        await sleep(PAUSE_MS);
      }
      return seen;
    };
    const pollers = Array.from({ length: POLLERS }, poll);
    try {
      for (let i = 1; i <= PUBLISHES[strategy]; i++) {
        await execute(runner.adapter, 'delete from source', renderSource(i));
        answers.push(await publish());
      }
    } finally {
      done = true;
    }
    const seen = await Promise.all(pollers);
    for (const each of seen) assertOrder(each, answers);
    t.diagnostic(
      `${seen.flat().length} answers, ${new Set(seen.flat()).size} of ${answers.length} publishes seen`,
    );
  });
}

test(`twenty pollers that open the file in bursts see whole publishes only, between ${CRASHES} crashes (duckdb)`, async (t) => {
  const { seed, draw } = newRandom();
  t.diagnostic(`seed ${seed}`);
  const house = await makeSource(t, 'swap');
  const { points } = await crash(house, 0);
  await using worker = new CountingWorker();
  let [live] = await burst(house);
  let late = 0;
  for (let i = 1; i <= CRASHES; i++) {
    await house.execute('delete from source', renderSource(i));
    const expected = await house.query(SOURCE_LOOK);
    await crash(house, 1 + draw(points.length));
    const [after] = await burst(house);
    if (after !== live) {
      late++;
      assertSource(after, expected);
    }
    const { finished, failure } = await runOnce(house.dir, worker);
    assert.equal(finished.exit_code, 0, failure);
    [live] = await burst(house);
    assertSource(live, expected);
  }
  t.diagnostic(`${late} of ${CRASHES} runs were killed after their publish`);
});

/** What the pollers see, which is the same for all. */
async function burst({ at }: House): Promise<readonly string[]> {
  const answers = await withDuckdb(at, (adapter) =>
    Promise.all(
      Array.from({ length: POLLERS }, async () => JSON.stringify((await queryAll(adapter, LOOK))[0])),
    ),
  );
  const different = [...new Set(answers)];
  assert.equal(different.length, 1, 'pollers of one moment see one publish');
  return different;
}

function assertSource(answer: string | undefined, [expected]: readonly (readonly (string | null)[])[]): void {
  const [rows, , , hash] = JSON.parse(answer ?? '[]') as readonly string[];
  assert.deepEqual([rows, hash], expected, 'what is published is the source');
}

async function makeSource(t: Parameters<typeof makeHouse>[0], strategy: string): Promise<House> {
  const write = `strategy: ${strategy}, keep_versions: 2`;
  const house = await makeHouse(t, 'duckdb', { scores: renderEcho(write, { more: MORE }) });
  await house.execute(ECHO_SOURCE, renderSource(0));
  return house;
}

/** Answers are whole publishes in their order. */
function assertOrder(seen: readonly string[], answers: readonly string[]): void {
  let place = 0;
  for (const answer of seen) {
    const next = answers.indexOf(answer, place);
    assert.notEqual(next, -1, answers.includes(answer) ? 'a poller went back' : `never published: ${answer}`);
    place = next;
  }
}
