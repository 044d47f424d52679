import { copyFileSync } from 'node:fs';
import { fixtureFile } from '../support/fixtures.js';
import { type House, type HouseKind, makeHouse } from '../support/house.js';
import { execute, newDatabase, postgresUrl } from '../support/postgres.js';
import type { Ending } from '../support/project.js';
import { asking, type Rows } from './ask.js';
import { CountingWorker, runOnce } from './run-once.js';

/** What the crash sweep is done for, each by itself. */
export interface Cell {
  readonly kind: HouseKind;
  readonly strategy: 'swap' | 'merge';
  readonly snapshot: 'live' | 'frozen';
}

export const CELLS: readonly Cell[] = (['duckdb', 'postgres'] as const).flatMap((kind) =>
  (['swap', 'merge'] as const).flatMap((strategy) =>
    (['live', 'frozen'] as const).map((snapshot) => ({ kind, strategy, snapshot })),
  ),
);

export function renderCell({ kind, strategy, snapshot }: Cell): string {
  return `${kind} ${strategy} ${snapshot}`;
}

/** Rows of the source, and how many of them the target rejects. */
export const ROWS = 11;
export const REJECTS = 1;

/** What readers see; every digit of a score is in it. */
export const SEEN = 'select id, f32_same, note from predictions.scores order by id';

/** What they are to see once the source as it is now is published. */
const EXPECTED = 'select id, score, note from source where score is not null order by id';

/** Chunks of two rows, so that there are several, and a reject in one of them. */
function renderTarget({ strategy, snapshot }: Cell): string {
  return `source: { sql: select * from source, snapshot: ${snapshot} }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('types', 'model.onnx'))} }
features:
  f32: { column: score, nulls: quarantine }
  f64: { column: i }
  i32: { column: i }
  i64: { column: i }
  flag: { column: b }
  text: { column: note }
outputs: { f32_same: {} }
passthrough: [note]
write: { strategy: ${strategy}, keep_versions: 2 }
errors: { budget: ${REJECTS} }
resources: { workers: 1, chunk_rows: 2 }
`;
}

/** A third of a number has more digits than a decimal text keeps. */
function renderSource(first: number, last: number, add: number): string {
  return `insert into source select i, i / cast(3 as real) + ${add} * (i % 3), i, i % 2 = 0, 'row ' || i
    from generate_series(${first}, ${last}) as t(i)`;
}

const SOURCE = 'create table source (id bigint, score real, i integer, b boolean, note text)';

/** A house to copy: two publishes are behind it, and its source has changed since. */
export interface Template {
  readonly cell: Cell;
  readonly house: House;
  /** Scores for all runs but the one that is killed. */
  readonly worker: CountingWorker;
  /** What readers see before the run that is killed. */
  readonly old: Rows;
  /** What they see after one clean run. */
  readonly fresh: Rows;
}

/** Publishes twice, so that a run has versions and images of another publish to let go, then changes the source. */
export async function makeTemplate(t: Ending, cell: Cell): Promise<Template> {
  const worker = new CountingWorker();
  t.after(() => worker[Symbol.asyncDispose]());
  const house = await makeHouse(t, cell.kind, { scores: renderTarget(cell) });
  await house.execute(SOURCE);
  for (const add of [0, 1]) {
    await house.execute('delete from source', renderSource(1, 10, add));
    await publish(house, worker);
  }
  const old = await asking(house, ({ ask }) => ask(SEEN));
  // Keys go and come, some scores stay as they were, and one row is to be rejected.
  await house.execute(
    'delete from source',
    renderSource(2, 12, 2),
    'update source set score = null where id = 6',
  );
  const fresh = await asking(house, ({ ask }) => ask(EXPECTED));
  return { cell, house, worker, old, fresh };
}

async function publish(house: House, worker: CountingWorker): Promise<void> {
  const { finished, failure } = await runOnce(house.dir, worker);
  if (finished.exit_code !== 0) throw new Error(failure);
}

/** A copy of the template, as if nothing had ever been done to it. */
export async function copyHouse(t: Ending, { cell, house }: Template): Promise<House> {
  const targets = { scores: renderTarget(cell) };
  if (cell.kind === 'duckdb') {
    const copy = await makeHouse(t, cell.kind, targets);
    copyFileSync(house.at, copy.at);
    return copy;
  }
  const database = await newDatabase(postgresUrl(), `template ${new URL(house.at).pathname.slice(1)}`);
  t.after(() => database[Symbol.asyncDispose]());
  return makeHouse(t, cell.kind, targets, { url: database.url });
}

/** Has the lease of a killed run run out, as if somebody had waited for half a minute. */
export async function waitOutLease({ kind, at }: House): Promise<void> {
  if (kind === 'duckdb') return;
  await execute(at, "update scorehouse.control_scores set expires_at = now() - interval '1 s'");
}
