import { assertInvariant } from '../contract/index.js';
import { assertProfile, isSound } from '../extract/source.js';
import { assertAnswers } from '../gate/answer.js';
import { migrateLedger } from '../ledger/migrate.js';
import type { RunState } from '../ledger/runs.js';
import type { Scorer } from '../score/pool.js';
import { conclude } from './conclude.js';
import { makeStaging } from './filling.js';
import { checkGolden, type PreparedGolden } from './golden.js';
import { explainLoss, type Lease, takeLease } from './lease.js';
import { assertTallied, loadRun } from './load-run.js';
import { openRun } from './open-run.js';
import { assertPublishSeq, type PreparedRun } from './prepare.js';
import type { Resumed } from './resume.js';
import { freezeInput, type RunInput, reopenInput, toLiveInput } from './run-input.js';
import type { RunLog } from './run-log.js';
import type { RunOptions } from './run-options.js';
import { type ScoredStream, startScoring } from './score-ahead.js';
import type { WarehouseSession } from './session.js';
import { newTally, rowsRead } from './tally.js';

/** The order of a run. Each step hands readonly values to the next; none calls an earlier one. */
export async function carryOut(
  session: WarehouseSession,
  run: RunLog,
  prepared: PreparedRun,
  options: RunOptions,
): Promise<RunState> {
  const { plan, scorer } = prepared;
  const { signal } = options;
  const ready = scorer.prepare(plan.scoring, {
    thresholds: prepared.thresholds,
    keepsRejects: plan.write.rejectedRows === 'null',
  });
  ready.catch(() => undefined);
  const start = (input: RunInput): ScoredStream =>
    startScoring({
      adapter: session.adapter,
      sql: session.ledger.sql,
      plan,
      scorer,
      ready,
      signal,
      ...input,
      rows: input.profile.rows,
    });

  run.rowsSuperseded = prepared.superseded;
  run.rowsRead = prepared.profile.rows + prepared.superseded;
  const sound = isSound(prepared.profile, run.target);
  await using early = sound && plan.read.snapshot === 'live' ? start(toLiveInput(prepared)) : null;
  // The last that may refuse the run before anything is written.
  if (prepared.golden !== null) await tellGolden(run, prepared.golden, scorer, ready);
  await migrateLedger(session.ledger, options.program, signal);
  await using lease = await takeLease(session.ledger, plan.target, run.runId, signal);
  run.control = lease.control;
  const held = { ...options, signal: AbortSignal.any([signal, lease.signal]) };
  try {
    // The plan was made, and its snapshot taken, before the lease.
    assertPublishSeq(plan.target, prepared.publishSeq, lease.control.publishSeq);
    const { resumed, versions } = await openRun(session, run, prepared, held);
    // What an earlier run has read takes the place of what this one began to read.
    if (resumed !== null) await early?.[Symbol.asyncDispose]();
    if (resumed?.from === 'staged') return await goOn(session, run, prepared, lease, resumed, held);
    if (resumed === null) assertProfile(prepared.profile, run.target);
    await using input = await openInput(session, run, prepared, resumed, held.signal);
    await using late = resumed === null && early !== null ? null : start(input);
    const done = resumed?.done ?? newTally(plan);
    run.rowsRead = rowsRead(plan, done) + input.profile.rows + run.rowsSuperseded;
    const { pointer } = lease.control;
    const filling =
      resumed?.filling ?? (await makeStaging(session, run, plan, pointer, versions, held.signal));
    await assertAnswers({ ...filling, plan, ledger: session.ledger, signal: held.signal });
    const stream = (late ?? early) as ScoredStream;
    const { faults } = await loadRun(session, run, plan, filling, stream, scorer, done, held);
    // All is read: what a publish and its tidying wait for must not be this run's own snapshots.
    await Promise.all([input, prepared].map(({ snapshot }) => snapshot?.[Symbol.asyncDispose]()));
    return await conclude(session, run, { ...plan, read: input.read }, lease, filling, faults, held);
  } catch (error) {
    throw await explainLoss(session.ledger, plan.target, lease, error);
  }
}

/** The rest of an earlier run's input, a copy of the source, or the source itself. */
function openInput(
  session: WarehouseSession,
  run: RunLog,
  prepared: PreparedRun,
  resumed: Resumed | null,
  signal: AbortSignal,
): Promise<RunInput> {
  const { plan } = prepared;
  if (resumed !== null) return reopenInput(session, run.target, plan, resumed, signal);
  if (plan.read.snapshot === 'frozen') return freezeInput(session, run, plan, signal);
  return Promise.resolve(toLiveInput(prepared));
}

/** Goes on with a run that had staged all of its rows: they are checked and published, and none is scored again. */
async function goOn(
  session: WarehouseSession,
  run: RunLog,
  { plan, snapshot }: PreparedRun,
  lease: Lease,
  { filling, done }: Resumed,
  held: RunOptions,
): Promise<RunState> {
  assertInvariant(filling !== null, 'a run was to go on without its staging', 'stage');
  await snapshot?.[Symbol.asyncDispose]();
  await assertAnswers({ ...filling, plan, ledger: session.ledger, signal: held.signal });
  run.count(done);
  assertTallied(run, plan, done);
  return await conclude(session, run, plan, lease, filling, done.faults, held);
}

/** @throws GOLDEN_MISMATCH */
async function tellGolden(
  run: RunLog,
  golden: PreparedGolden,
  scorer: Scorer,
  ready: Promise<void>,
): Promise<void> {
  await checkGolden(golden, scorer, ready);
  const { file, lines } = golden.rows;
  run.tell({ event: 'golden', file, rows: lines.length });
}
