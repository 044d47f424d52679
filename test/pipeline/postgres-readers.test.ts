import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { type House, makeHouse } from '../support/house.js';
import { dumpInLoop, findPgDump, type PgDump } from '../support/pg-dump.js';
import { makeDatabase, openClient, postgresUrl, queryAll, queryValue } from '../support/postgres.js';
import { startPostgres } from '../support/postgres-server.js';
import { type ReaderLog, type Sight, startReaders } from '../support/readers.js';
import { failureOf, openRunner, type Runner } from '../support/runs.js';

const PUBLISHES = 10;
/** Readers of a process; there are two processes of each isolation level. */
const READERS = 5;
/** Nobody waits longer: not for a lock, which is an error then, and not in all. */
const LONGEST_MS = 1000;

/** What a reader asks: one answer tells of every row of the view, in whatever order they come. */
const LOOK = `select count(*)::text, min(_run_id::text), max(_run_id::text),
  sum(hash_record_extended(row(id, note, f32_same), 0))::text from predictions.scores`;

/** Another number of rows with other scores, and other keys gone, for each publish. */
function renderSource(publish: number): string {
  return `insert into source select i, i + 1000 * ${publish}, i, true, 'row ' || i
    from generate_series(1, 400 + 20 * ${(publish * 7) % 11}) as i where i % 10 <> ${publish % 10}`;
}

/** A table that fills a dump's pipe, so that it holds its snapshot and its locks until it is read. */
const BULK = `create table bulk as select i, md5(i::text) as a, md5((-i)::text) as b from generate_series(1, 20000) as i`;

/** One state of the view, in the order of publishing. */
interface State {
  readonly answer: string;
  /** When its publish began and had ended, by the clock of the machine. */
  readonly began: number;
  readonly ended: number;
  /** What its transaction took. */
  readonly tookMs: number;
}

for (const strategy of ['swap', 'merge'] as const) {
  test(`readers in other processes see one whole publish at a time (${strategy})`, async (t) => {
    const { url, dump } = await findServer(t);
    const write = `strategy: ${strategy}, keep_versions: 2`;
    const options = { url, keys: { lock_timeout: `${LONGEST_MS}ms` } };
    const house = await makeHouse(t, 'postgres', { scores: renderEcho(write) }, options);
    await house.execute(ECHO_SOURCE, BULK);
    await using runner = await openRunner(house);
    const states = [await publish(house, runner, 0)];
    const dumps = dump === null ? null : dumpInLoop(t, dump, url);
    const isolations = ['read committed', 'read committed', 'repeatable read', 'repeatable read'] as const;
    const readers = await Promise.all(
      isolations.map((isolation) =>
        startReaders(t, { url, query: LOOK, readers: READERS, isolation, lockWaitMs: LONGEST_MS }),
      ),
    );

    for (let i = 1; i <= 2; i++) states.push(await publish(house, runner, i));
    const idle = await holdEverything(t, house, runner, states);
    for (let i = 4; i <= 8; i++) states.push(await publish(house, runner, i));
    assert.equal(await idle.look(), states[2]?.answer, 'an idle transaction keeps the state it began with');
    await idle.end();
    for (let i = 9; i <= PUBLISHES; i++) states.push(await publish(house, runner, i));

    const logs = (await Promise.all(readers.map((each) => each.stop()))).flat();
    const dumped = await dumps?.stop();
    const [committed, repeatable] = [logs.slice(0, 2 * READERS), logs.slice(2 * READERS)];
    const spanning = repeatable.map((log) => checkTransactions(log, states));
    for (const log of committed) checkCommitted(log, states);
    tell(t, strategy, states, logs, spanning);
    t.diagnostic(
      dumped === undefined
        ? 'NOT SHOWN: no pg_dump was found on this machine'
        : `pg_dump: ${dumped.done} done, longest ${Math.round(dumped.longestMs)} ms, ${dumped.failed.length} failed: ${dumped.failed.join('; ')}`,
    );
    assert.ok(
      spanning.every((count) => count > 0),
      'every REPEATABLE READ reader had a transaction that spanned a publish',
    );
    await assertNothingLeft(house, runner, strategy);
  });
}

/** A database whose server a pg_dump of this machine can read, where it has one. */
async function findServer(t: TestContext): Promise<{ readonly url: string; readonly dump: PgDump | null }> {
  const dump = await findPgDump();
  const major = Number(await queryValue(postgresUrl(), 'show server_version_num')) / 10_000;
  if (dump === null || dump.major >= Math.floor(major)) return { url: await makeDatabase(t), dump };
  const server = await startPostgres({ bin: dump.bin });
  if (server === null) return { url: await makeDatabase(t), dump: null };
  t.after(() => server[Symbol.asyncDispose]());
  return { url: server.url, dump };
}

/** Fills the source for the next publish and runs; `before` is done when all but the publish's transaction is. */
async function publish(
  house: House,
  runner: Runner,
  number: number,
  before: () => Promise<void> = async () => undefined,
): Promise<State> {
  await house.execute('delete from source', renderSource(number));
  let [began, ended, start, tookMs] = [0, 0, 0, 0];
  const ran = await runner.run(async (point) => {
    if (point === 'before execute ledger/pointer_move') {
      await before();
      [began, start] = [Date.now(), performance.now()];
    } else if (point === 'after execute ledger/pointer_move') {
      [ended, tookMs] = [Date.now(), performance.now() - start];
    }
  });
  assert.equal(ran.exit_code, 0, failureOf(ran));
  const [answer] = await queryAll(house.at, LOOK);
  assert.equal(answer?.[0], String(ran.rows_published));
  assert.equal(answer[1], ran.run_id);
  return { answer: JSON.stringify(answer), began, ended, tookMs };
}

/** A transaction that has a snapshot, and every table locked as pg_dump does, from within the third publish on. */
async function holdEverything(t: TestContext, house: House, runner: Runner, states: State[]) {
  const client = await openClient(t, house.at);
  const look = async () => {
    const { rows } = await client.query({ text: LOOK, rowMode: 'array' });
    return JSON.stringify(rows[0]);
  };
  const hold = async () => {
    await client.query('begin isolation level repeatable read');
    assert.equal(await look(), states.at(-1)?.answer);
    const { rows } = await client.query<{ readonly tables: string }>(
      `select string_agg(format('%I.%I', schemaname, tablename), ', ') as tables from pg_tables
        where schemaname in ('public', 'predictions', 'scorehouse')`,
    );
    await client.query(`lock table ${rows[0]?.tables} in access share mode`);
  };
  states.push(await publish(house, runner, 3, hold));
  return { look, end: () => client.query('commit') };
}

/** Each answer is a published state, none older than what was live when it was asked for, and none goes back. */
function checkCommitted({ blocks }: ReaderLog, states: readonly State[]): void {
  const seen = blocks.flat().map((sight) => ({ sight, state: stateOf(sight, states) }));
  for (const [i, { sight, state }] of seen.entries()) {
    assert.ok(i === 0 || state > (seen[i - 1]?.state ?? 0), 'a reader went back');
    assertFresh(sight.last, state, states);
  }
}

/** Each transaction has one state, and the next no older one. Tells how many spanned a publish. */
function checkTransactions({ blocks }: ReaderLog, states: readonly State[]): number {
  let [before, spanning] = [0, 0];
  for (const block of blocks) {
    const [sight] = block;
    if (sight === undefined) continue;
    assert.equal(block.length, 1, 'a REPEATABLE READ transaction saw more than one state');
    const state = stateOf(sight, states);
    assert.ok(state >= before, 'a reader went back');
    assertFresh(sight.first, state, states);
    before = state;
    if (sight.last > (states[state + 1]?.ended ?? Number.POSITIVE_INFINITY)) spanning++;
  }
  return spanning;
}

function stateOf({ answer }: Sight, states: readonly State[]): number {
  const state = states.findIndex((each) => each.answer === answer);
  assert.notEqual(state, -1, `an answer that was never published: ${answer}`);
  return state;
}

/** What is asked after a publish has ended sees it; clocks of processes agree to the millisecond. */
function assertFresh(asked: number, state: number, states: readonly State[]): void {
  const next = states[state + 1];
  assert.ok(next === undefined || asked <= next.ended + 1, 'an answer older than what was live');
}

function tell(
  t: TestContext,
  strategy: string,
  states: readonly State[],
  logs: readonly ReaderLog[],
  spanning: readonly number[],
): void {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const seen = new Set(logs.flatMap(({ blocks }) => blocks.flat().map(({ answer }) => answer)));
  const longestRead = Math.max(...logs.map(({ longestMs }) => longestMs));
  const longestPublish = Math.max(...states.map(({ tookMs }) => tookMs));
  t.diagnostic(
    `${strategy}: ${sum(logs.map(({ looks }) => looks))} answers of ${logs.length} readers, ${seen.size} of ${states.length} states seen, ${sum(spanning)} transactions spanned a publish`,
  );
  t.diagnostic(
    `longest answer ${Math.round(longestRead)} ms, longest publish ${Math.round(longestPublish)} ms`,
  );
  assert.ok(longestRead < LONGEST_MS, `a reader waited ${longestRead} ms`);
  assert.ok(longestPublish < LONGEST_MS, `a publish waited ${longestPublish} ms`);
}

/** When all readers are gone, one more run drops what they had held. */
async function assertNothingLeft(house: House, runner: Runner, strategy: 'swap' | 'merge'): Promise<void> {
  await publish(house, runner, PUBLISHES + 1);
  const states = await house.query(
    'select state, count(*) from scorehouse.versions group by state order by state',
  );
  const partitions = `select count(*), count(*) filter (where inhdetachpending) from pg_inherits
    where inhparent = 'predictions.scores__versions'::regclass`;
  const helpers = `select regexp_replace(table_name, '_[0-9a-f]{12}$', ''), count(*) from information_schema.tables
    where table_schema = 'scorehouse' and table_name ~ '_[0-9a-f]{12}$' group by 1 order by 1`;
  const expected =
    strategy === 'swap'
      ? [
          [
            ['dropped', String(PUBLISHES)],
            ['kept', '1'],
            ['live', '1'],
          ],
          [['2', '0']],
          [],
        ]
      : [[['live', '1']], [['1', '0']], [['undo', '1']]];
  assert.deepEqual([states, await house.query(partitions), await house.query(helpers)], expected);
}
