import assert from 'node:assert/strict';
import { type CliResult, events } from './cli-harness.js';
import { CANARY, type Scorer, SECRET } from './scorer.js';

/** How a run ends on a bad day: the exit code, and words that tell what, where and what next. */
export interface Ending {
  readonly exit: 0 | 1 | 2 | 6;
  readonly says: readonly (RegExp | string)[];
}

/** What readers and the ledger show of the target, also where it was never published. */
export async function look(scorer: Scorer): Promise<unknown> {
  const found = "select to_regclass('predictions.species'), to_regclass('scorehouse.publishes')";
  const [[view, publishes] = []] = await scorer.query(found);
  return {
    view: view === null ? null : await scorer.query('select * from predictions.species order by id'),
    definition: await scorer.query("select definition from pg_views where schemaname = 'predictions'"),
    publishes:
      publishes === null ? [] : await scorer.query('select * from scorehouse.publishes order by publish_seq'),
  };
}

/** Runs for people, and for programs: each must end and say so, show no secret, and leave what readers see. */
export async function assertEnds(
  scorer: Scorer,
  { exit, says }: Ending,
  perform: (argv: readonly string[]) => Promise<CliResult> = (argv) => scorer.run(argv),
): Promise<void> {
  for (const argv of [['run'], ['run', '--json']]) {
    const before = await look(scorer);
    const result = await perform(argv);
    assert.equal(result.exitCode, exit, result.text);
    const said = argv.length === 1 ? result.text : renderEvents(result);
    for (const words of says) {
      const found = typeof words === 'string' ? said.includes(words) : words.test(said);
      assert.ok(found, `expected ${String(words)} in:\n${result.text}`);
    }
    assertNoSecrets(result.text);
    if (exit !== 0) assert.deepEqual(await look(scorer), before);
  }
}

/** The failure among a run's events, and what was tried again, in the words that people get. */
function renderEvents(result: CliResult): string {
  const all = events(result);
  assert.equal(all.at(-1)?.event, 'run_finished', result.text);
  assert.equal(all.at(-1)?.exit_code, result.exitCode);
  const failures = all.filter(({ event }) => event === 'run_failed');
  assert.equal(failures.length, result.exitCode === 0 ? 0 : 1, result.text);
  const told = failures.map(
    ({ code, stage, message, hint }) => `error ${code} (${stage}): ${message}\n  next: ${hint}`,
  );
  return [...all.filter(({ event }) => event === 'retry').map(renderRetry), ...told].join('\n');
}

function renderRetry({ what, attempt, wait_ms, code, message }: Readonly<Record<string, unknown>>): string {
  return `  retry      ${what} failed (attempt ${attempt}), again in ${Number(wait_ms) / 1000} s: ${code} ${message}`;
}

function assertNoSecrets(text: string): void {
  const forms = [SECRET, encodeURIComponent(SECRET), JSON.stringify(SECRET).slice(1, -1)];
  for (const secret of [...forms, CANARY]) assert.ok(!text.includes(secret), `${secret} in:\n${text}`);
}

const HELD = 'select holder from scorehouse.control_species where holder is not null';
const OPEN_RUNS = "select state from scorehouse.runs where state in ('running', 'staged')";
const OPEN_VERSIONS = "select version from scorehouse.versions where state in ('filling', 'dropping')";
const NOT_THE_POINTER = `select version from scorehouse.versions
where (state = 'live') <> (version = (select pointer from scorehouse.control_species))`;

/** Tables that no command would look for any more; of a merge that was published a rollback needs the rows before it. */
const LEFTOVERS = `select table_schema, table_name from information_schema.tables
where (table_schema = 'predictions' and table_name like 'species\\_\\_v%' and table_name <> 'species__versions'
    and table_name not in (select relation from scorehouse.versions where state in ('live', 'kept', 'failed')))
  or (table_schema = 'scorehouse' and table_name ~ '^(s|in|r|undo|redo)_[0-9a-f]+$'
    and table_name not in (select 'undo_' || right(run_id::text, 12) from scorehouse.publishes where run_id is not null))`;

/** Nothing of the target is held, open or left over. */
export async function assertTidy(scorer: Scorer): Promise<void> {
  for (const sql of [HELD, OPEN_RUNS, OPEN_VERSIONS, NOT_THE_POINTER, LEFTOVERS]) {
    assert.deepEqual(await scorer.query(sql), [], sql);
  }
}

/** As if thirty seconds had passed since its holder was last heard of: no lease is longer. */
export async function letLeaseRunOut(scorer: Scorer): Promise<void> {
  const held = "holder is not null and expires_at > now() + interval '30 seconds'";
  assert.deepEqual(await scorer.query(`select holder from scorehouse.control_species where ${held}`), []);
  await scorer.execute('update scorehouse.control_species set expires_at = now() where holder is not null');
}

/** The day is good again: the next run publishes, and tidies up whatever was left. */
export async function assertHealed(scorer: Scorer): Promise<void> {
  const result = await scorer.run(['run']);
  assert.equal(result.exitCode, 0, result.text);
  await assertTidy(scorer);
}
