import { type Dump, type Row, rowsOf } from './dump.js';
import { CANARY } from './project.js';
import type { SourceState } from './source.js';
import type { Worker } from './worker.js';
import { Violation, type World } from './world.js';

/*
 * What must hold whatever happened (I1 to I10 of the promises). Written from what the ledger's columns mean, by plain
 * code over plain rows: nothing of the pipeline is used to judge it.
 */

/** What must hold after every step. @throws Violation */
export function checkDump(world: World, before: Dump): void {
  checkPublishes(world);
  checkVersions(world);
  checkHelpers(world);
  checkChunks(world, before);
  checkRuns(world);
  checkResumable(world);
  checkEvents(world);
}

/** What must hold once a run has published at the end, with nobody in its way. @throws Violation */
export function checkEnd({ dump, states, look }: World): void {
  const runs = rowsOf(dump, 'scorehouse.runs');
  const open = runs.filter(({ state }) => state === 'running' || state === 'staged');
  assert(open.length === 0, `I4: ${open.length} runs are left open`);
  const filling = rowsOf(dump, 'scorehouse.versions').filter(({ state }) => state === 'filling');
  assert(
    filling.length === 0,
    `I4: version ${filling.map(({ version }) => version).join(', ')} is left filling`,
  );
  const left = helpersOf(dump).filter(({ kind }) => kind !== 'undo' && kind !== 'redo');
  assert(left.length === 0, `I4: left behind: ${left.map(({ name }) => name).join(', ')}`);
  const [control] = rowsOf(dump, 'scorehouse.control_scores');
  assert(control?.holder === null, `I5: ${String(control?.holder)} still holds the target`);
  assert(
    look.seen?.states[0] === states.length - 1,
    'I1: the newest state of the source is not what readers see',
  );
}

/** I2, I5: the pointer is where the publishes put it, and each publish happened once. */
function checkPublishes({ dump }: World): void {
  const publishes = bySeq(dump);
  const [control] = rowsOf(dump, 'scorehouse.control_scores');
  const numbers = publishes.map(({ publish_seq }) => publish_seq);
  const inOrder = numbers.every((number, i) => number === i + 1);
  assert(inOrder, `I5: the ledger has the publishes ${numbers.join(', ')}`);
  const last = publishes.at(-1);
  assert(
    (control?.publish_seq ?? 0) === publishes.length &&
      (control?.pointer ?? null) === (last?.version ?? null),
    `I4: pointer ${control?.pointer} of publish ${control?.publish_seq}, the ledger has ${publishes.length} of version ${last?.version}`,
  );
  const byRun = publishes.filter(({ kind }) => kind === 'run').map(({ run_id }) => run_id);
  assert(new Set(byRun).size === byRun.length, 'I5: one run published twice');
}

/** I1, I3, I4: every version that can be read holds what one clean run makes of one state of the source. */
function checkVersions(world: World): void {
  const { dump } = world;
  const publishes = bySeq(dump);
  const known = new Map<string, Row>();
  for (const version of rowsOf(dump, 'scorehouse.versions')) {
    const name = `predictions.${version.relation}`;
    const isThere = dump.relations.has(name);
    if (version.state === 'dropped') assert(!isThere, `I4: ${name} is there, the ledger has it dropped`);
    else if (isThere) known.set(name, version);
    else assert(world.meddled || version.state === 'dropping', `I4: ${name} is ${version.state}, but gone`);
    if (version.state === 'live') {
      const pointer = publishes.at(-1)?.version;
      assert(
        version.version === pointer,
        `I4: version ${version.version} is live, the pointer is at ${pointer}`,
      );
    }
    if (!isThere || world.edited.has(Number(version.version))) continue;
    if (version.state !== 'live' && version.state !== 'kept') continue;
    const last = publishes.findLast((publish) => publish.version === version.version);
    assert(last !== undefined, `I4: version ${version.version} is ${version.state}, and nobody published it`);
    checkTable(world, name, last);
  }
  for (const name of dump.relations.keys()) {
    if (!/^predictions\.scores__v\d+$/.test(name)) continue;
    assert(known.has(name), `I4: nobody knows of ${name}`);
  }
}

function checkTable(world: World, name: string, publish: Row): void {
  const { dump, states } = world;
  const rows = rowsOf(dump, name);
  const numbers = [...new Set(rows.map(({ state }) => state))];
  const state = states[Number(numbers[0])];
  assert(
    numbers.length === 1 && state !== undefined,
    `I1: ${name} has rows of the states ${numbers.join(', ')}`,
  );
  assert(state.sound, `I10: ${name} is of state ${state.number}, which no run may publish`);
  const found = rows.map(({ id, y }) => [Number(id), Number(y)]).sort(([a = 0], [b = 0]) => a - b);
  assert(
    JSON.stringify(found) === JSON.stringify(state.expected),
    `I1: ${name} has ${JSON.stringify(found)}, a clean run makes ${JSON.stringify(state.expected)}`,
  );
  const run = rowsOf(dump, 'scorehouse.runs').find(({ run_id }) => run_id === publish.run_id);
  assert(
    run !== undefined,
    `I4: publish ${publish.publish_seq} is of run ${publish.run_id}, which is not in the ledger`,
  );
  checkCounts(world, run, state);
  const begun = world.attempts
    .filter(({ worker }) => worker.events.some(({ run_id }) => run_id === publish.run_id))
    .map(({ state: then }) => then);
  assert(
    state.number >= Math.min(...begun, states.length),
    `I1: ${name} is of state ${state.number}, older than its run`,
  );
  const loads = new Set(
    rowsOf(dump, 'scorehouse.chunks').map(({ run_id, load_key }) => `${run_id} ${load_key}`),
  );
  const strays = rows.filter(({ _load }) => !loads.has(`${publish.run_id} ${_load}`));
  assert(strays.length === 0, `I4: ${name} has ${strays.length} rows of no chunk of run ${publish.run_id}`);
}

/** I3, I4: what the ledger says of a published run. */
function checkCounts(world: World, run: Row, state: SourceState): void {
  const { dump } = world;
  const told = [run.rows_read, run.rows_scored, run.rows_rejected, run.rows_published];
  const rejected = state.rows.length - state.expected.length;
  const counted = [state.rows.length, state.expected.length, rejected, state.expected.length];
  assert(
    told.join() === counted.join(),
    `I3: run ${run.run_id} says ${told.join(', ')} rows read, scored, rejected and published; they are ${counted.join(', ')}`,
  );
  const chunks = rowsOf(dump, 'scorehouse.chunks').filter(({ run_id }) => run_id === run.run_id);
  const loads = new Set(chunks.map(({ load_key }) => load_key));
  const quarantined = rowsOf(dump, 'predictions.scores__quarantine').filter(
    ({ _run_id, _load }) => _run_id === run.run_id && loads.has(_load as number),
  );
  const keys = new Set(quarantined.map(({ id }) => id));
  assert(
    keys.size === rejected && quarantined.length === rejected,
    `I3: run ${run.run_id} rejected ${rejected} rows, ${quarantined.length} of ${keys.size} keys are quarantined`,
  );
  checkHashes(world, run, state);
}

/** I4: one state of the source has one pair of hashes, whoever scored it in whatever chunks, and no other has it. */
function checkHashes({ hashes }: World, run: Row, { number }: SourceState): void {
  const pair = `${run.key_hash} ${run.value_hash}`;
  assert(/^[0-9a-f]{16} [0-9a-f]{16}$/.test(pair), `I4: run ${run.run_id} has the hashes ${pair}`);
  const known = hashes.get(number);
  assert(known === undefined || known === pair, `I4: state ${number} has the hashes ${known}, and ${pair}`);
  hashes.set(number, pair);
  assert(new Set(hashes.values()).size === hashes.size, `I4: state ${number} has the hashes of another`);
}

/** I4: every helper table belongs to a run of the ledger that may still need it, or that has just ended. */
function checkHelpers({ dump }: World): void {
  const runs = rowsOf(dump, 'scorehouse.runs').map(({ run_id }) => String(run_id).slice(-12));
  const strays = helpersOf(dump).filter(({ run }) => !runs.includes(run));
  assert(
    strays.length === 0,
    `I4: no run of the ledger has made ${strays.map(({ name }) => name).join(', ')}`,
  );
}

function helpersOf({ relations }: Dump) {
  return [...relations.keys()].flatMap((name) => {
    const match = /^scorehouse\.(r|s|in|undo|redo)_([0-9a-f]{12})$/.exec(name);
    return match === null ? [] : [{ name, kind: match[1] as string, run: match[2] as string }];
  });
}

/** I4, I5, I8: chunks are disjoint and cover, have their rows, and were written by who held the target. */
function checkChunks(world: World, before: Dump): void {
  const { dump } = world;
  const chunks = rowsOf(dump, 'scorehouse.chunks');
  const earlier = new Set(rowsOf(before, 'scorehouse.chunks').map(nameChunk));
  const [held] = rowsOf(before, 'scorehouse.control_scores');
  for (const chunk of chunks) {
    if (earlier.has(nameChunk(chunk))) continue;
    const stale = Number(chunk.epoch) < Number(held?.epoch ?? 0);
    assert(!stale, `I5: a chunk of epoch ${chunk.epoch} was written when epoch ${held?.epoch} had begun`);
  }
  assert(
    new Set(chunks.map(nameChunk)).size === chunks.length,
    'I8: a chunk of a run is in the ledger twice',
  );
  for (const run of rowsOf(dump, 'scorehouse.runs')) {
    const own = chunks
      .filter(({ run_id }) => run_id === run.run_id)
      .sort((a, b) => Number(a.chunk) - Number(b.chunk));
    own.forEach((chunk, i) => {
      assert(chunk.chunk === i, `I8: run ${run.run_id} has chunk ${chunk.chunk} at place ${i}`);
      const lo = own[i - 1]?.hi ?? null;
      assert(
        chunk.lo === lo,
        `I8: chunk ${i} of run ${run.run_id} begins at ${chunk.lo}, the one before ends at ${lo}`,
      );
    });
    if (!world.meddled) checkStaged(world, run, own);
  }
}

/** I4: a chunk's ledger row and its rows are there together or not at all. */
function checkStaged(world: World, run: Row, chunks: readonly Row[]): void {
  const { dump } = world;
  const staging = findStaging(dump, run);
  if (staging === null) return;
  const rows = rowsOf(dump, staging);
  for (const { chunk, load_key, rows: told } of chunks) {
    const found = rows.filter(({ _load }) => _load === load_key).length;
    assert(
      found === told,
      `I4: ${staging} has ${found} rows of chunk ${chunk} of run ${run.run_id}, its ledger row says ${told}`,
    );
  }
  const loads = new Set(chunks.map(({ load_key }) => load_key));
  const strays = rows.filter(({ _load }) => !loads.has(_load as number)).length;
  assert(strays === 0, `I4: ${staging} has ${strays} rows that no ledger row of a chunk tells of`);
}

/** Where a run's rows are that nobody has published yet; null where they are gone. */
function findStaging(dump: Dump, { run_id }: Row): string | null {
  const version = rowsOf(dump, 'scorehouse.versions').find(
    (record) => record.run_id === run_id && (record.state === 'filling' || record.state === 'failed'),
  );
  const names = [
    ...(version === undefined ? [] : [`predictions.${version.relation}`]),
    `scorehouse.s_${String(run_id).slice(-12)}`,
  ];
  return names.find((name) => dump.relations.has(name)) ?? null;
}

/** I10, and exit codes: what a process said of its end is what the ledger has. */
function checkRuns(world: World): void {
  const { dump, attempts } = world;
  const published = new Set(
    bySeq(dump)
      .filter(({ kind }) => kind === 'run')
      .map(({ run_id }) => run_id),
  );
  for (const { worker } of attempts) {
    const { exitCode, what, runId } = worker;
    if (exitCode === null || exitCode === 5 || !worker.isPublisher) continue;
    // Another process may have gone on with its run, and published that.
    const isPublished = worker.published || (runId !== null && published.has(runId));
    assert(exitCode !== 0 || isPublished, `I4: ${what} exited 0, and its run published nothing`);
    assert(exitCode === 0 || !worker.published, `I10: ${what} exited ${exitCode}, and has published`);
    checkScoredOnce(world, worker);
  }
  for (const { run_id, state } of rowsOf(dump, 'scorehouse.runs')) {
    const has = published.has(run_id as string);
    assert(
      (state === 'published') === has,
      `I4: run ${run_id} is ${state}, and ${has ? 'has' : 'has not'} published`,
    );
  }
}

/** I6: whoever goes on with a run does not score again what it had finished. */
function checkScoredOnce({ dump, meddled }: World, { events, epoch, scored, runId, what }: Worker): void {
  const resumed = events.findLast(({ event }) => event === 'resumed');
  if (resumed?.event !== 'resumed' || resumed.from !== 'chunks' || epoch === null || meddled) return;
  for (const [name, rows] of dump.relations) {
    if (!/^predictions\.scores__v\d+$|^scorehouse\.s_/.test(name)) continue;
    const loads = rowsOf(dump, 'scorehouse.chunks').filter((chunk) => chunk.run_id === runId);
    const earlier = new Set(
      loads.filter((chunk) => Number(chunk.epoch) < epoch).map(({ load_key }) => load_key),
    );
    const again = rows.filter(({ id, _load }) => earlier.has(_load as number) && scored.includes(String(id)));
    assert(again.length === 0, `I6: ${what} scored ${again.length} rows again that its run had finished`);
  }
}

/** I7: what a run needs that a later one may go on with is there. */
function checkResumable({ dump, meddled }: World): void {
  if (meddled) return;
  for (const run of rowsOf(dump, 'scorehouse.runs')) {
    if (run.resume === null) continue;
    const id = String(run.run_id);
    const input = `scorehouse.in_${id.slice(-12)}`;
    assert(
      run.resume !== 'chunks' || dump.relations.has(input),
      `I7: run ${id} can be resumed, and ${input} is gone`,
    );
    const chunks = rowsOf(dump, 'scorehouse.chunks').filter(({ run_id }) => run_id === id);
    const needed = run.resume === 'staged' || chunks.length > 0;
    assert(
      !needed || findStaging(dump, run) !== null,
      `I7: run ${id} can be resumed, and its staging is gone`,
    );
  }
}

/** I9: nothing of a row is told. */
function checkEvents({ attempts }: World): void {
  for (const { worker } of attempts) {
    const leak = worker.events.find((event) => JSON.stringify(event).includes(CANARY));
    assert(leak === undefined, `I9: ${worker.what} told a row's value in ${leak?.event}`);
  }
}

function bySeq(dump: Dump): readonly Row[] {
  return rowsOf(dump, 'scorehouse.publishes').toSorted(
    (a, b) => Number(a.publish_seq) - Number(b.publish_seq),
  );
}

function nameChunk({ run_id, chunk, epoch }: Row): string {
  return `${run_id} ${chunk} ${epoch}`;
}

function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Violation(message);
}
