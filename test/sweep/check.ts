import assert from 'node:assert/strict';
import { verifyTarget } from '../../src/run/verify-target.js';
import { NEVER } from '../support/duckdb.js';
import type { House } from '../support/house.js';
import { type Asking, asking, type Rows } from './ask.js';
import { REJECTS, ROWS, SEEN, type Template } from './cell.js';

/** What the ledger says of the target's publishes. */
export interface State {
  readonly seen: Rows;
  readonly publishSeq: number;
  readonly epoch: number;
}

/** What readers see, and where the control row stands. */
export async function readState({ ask }: Asking): Promise<State> {
  const control = await ask('select publish_seq, epoch from scorehouse.control_scores');
  assert.equal(control.length, 1, 'one control row');
  const [publishSeq, epoch] = (control[0] ?? []).map(Number);
  return { seen: await ask(SEEN), publishSeq: publishSeq ?? 0, epoch: epoch ?? 0 };
}

/** Right after a kill: readers have the old publish or the new one, and the ledger says which. */
export function assertEither(now: State, before: State, { old, fresh }: Template): void {
  const published = now.publishSeq - before.publishSeq;
  assert.ok(
    published === 0 || published === 1,
    `publish_seq went from ${before.publishSeq} to ${now.publishSeq}`,
  );
  assert.deepEqual(now.seen, published === 0 ? old : fresh, 'readers see what the ledger says is live');
  assert.ok(now.epoch >= before.epoch, 'the epoch never decreases');
}

/** After a run that ended well: one publish more, all of it there, and nothing of any dead run. */
export async function assertWhole(house: House, before: State, { fresh }: Template): Promise<State> {
  return asking(house, (open) => assertAll(open, before, fresh));
}

async function assertAll(open: Asking, before: State, fresh: Rows): Promise<State> {
  const now = await readState(open);
  assert.deepEqual(now.seen, fresh, 'I1: the published table is that of a clean run');
  assert.equal(now.publishSeq, before.publishSeq + 1, 'I5: one publish, one number');
  assert.ok(now.epoch > before.epoch, 'I5: every run has a later epoch');
  await assertKeys(open);
  await assertLedger(open);
  await assertVersions(open);
  await assertTidy(open);
  return now;
}

async function assertKeys({ ask }: Asking): Promise<void> {
  const twice = 'select id from predictions.scores group by id having count(*) > 1';
  assert.deepEqual(await ask(twice), [], 'I3: a key twice');
  const rejected = `select count(*) from predictions.scores__quarantine as q join ${LATEST} as run
    on run.run_id = q._run_id`;
  assert.deepEqual(await ask(rejected), [[String(REJECTS)]], 'I3: rejects of the published run');
  const figures = `select rows_read, rows_scored, rows_rejected, rows_published, state from ${LATEST} as run`;
  const scored = String(ROWS - REJECTS);
  assert.deepEqual(await ask(figures), [[String(ROWS), scored, String(REJECTS), scored, 'published']]);
}

/** The run of the newest publish. */
const LATEST = `(select * from scorehouse.runs where run_id =
  (select run_id from scorehouse.publishes order by publish_seq desc limit 1))`;

async function assertLedger({ ask }: Asking): Promise<void> {
  const sums = `select count(*), count(distinct chunk), min(chunk), max(chunk) - min(chunk) + 1, sum(rows), sum(rejects)
    from scorehouse.chunks where run_id = (select run_id from ${LATEST} as run)`;
  const [[chunks, distinct, , spanned, rows, rejects] = []] = await ask(sums);
  assert.deepEqual([distinct, spanned], [chunks, chunks], 'I4: every chunk once, none left out');
  assert.deepEqual([rows, rejects], [String(ROWS - REJECTS), String(REJECTS)], 'I4: chunks add up');
  const epochs = `select chunk from (select chunk, epoch, max(epoch) over (partition by run_id order by chunk
    rows between unbounded preceding and 1 preceding) as earlier from scorehouse.chunks) as chunks where epoch < earlier`;
  assert.deepEqual(await ask(epochs), [], 'I5: epochs of chunks decrease');
  const gaps = `select publish_seq from (select publish_seq, row_number() over (order by publish_seq) as place
    from scorehouse.publishes) as publishes where publish_seq <> place`;
  assert.deepEqual(await ask(gaps), [], 'I5: a publish_seq twice, or left out');
  const unpublished = `select p.publish_seq from scorehouse.publishes as p left join scorehouse.runs as r
    on r.run_id = p.run_id and r.state = 'published' where p.kind = 'run' and r.run_id is null`;
  assert.deepEqual(await ask(unpublished), [], 'I4: a publish without its published run');
}

async function assertVersions({ ask, session, target }: Asking): Promise<void> {
  const held = "select version from scorehouse.versions where state in ('live', 'kept') order by version";
  for (const [version] of await ask(held)) {
    const { differs } = await verifyTarget(session, target, Number(version), NEVER);
    assert.deepEqual(differs, [], `I4: version ${version} is not what the ledger says`);
  }
}

async function assertTidy({ ask }: Asking): Promise<void> {
  const states =
    "select version, state from scorehouse.versions where state not in ('live', 'kept', 'dropped')";
  assert.deepEqual(await ask(states), [], 'a version that is neither there nor gone');
  const live = `select count(*) from scorehouse.versions as v join scorehouse.control_scores as c
    on c.pointer = v.version where v.state = 'live'`;
  assert.deepEqual(await ask(live), [['1']], 'the pointer names the live version');
  const open = "select run_id, state from scorehouse.runs where state in ('running', 'staged', 'unknown')";
  assert.deepEqual(await ask(open), [], 'a run that is still open');
  assert.deepEqual(await ask(HELPERS), [], 'helper tables of a dead run');
  const strays = `select table_name from information_schema.tables where table_schema = 'predictions'
    and table_name like 'scores\\_\\_v%' escape '\\' and table_name <> 'scores__versions'
    and table_name not in (select relation from scorehouse.versions where state in ('live', 'kept'))`;
  assert.deepEqual(await ask(strays), [], 'tables of versions that are gone');
}

/** What serves a run only until it has ended, and images of a publish that is no longer the newest. */
const HELPERS = `select table_name from information_schema.tables where table_schema = 'scorehouse'
  and (table_name like 's\\_%' escape '\\' or table_name like 'in\\_%' escape '\\' or table_name like 'r\\_%' escape '\\'
    or table_name like 'redo\\_%' escape '\\' or table_name like 'undo\\_%' escape '\\')
  and table_name not in (select 'undo_' || right(replace(cast(run_id as varchar), '-', ''), 12) from ${LATEST} as run)`;
