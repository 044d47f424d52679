import type { ResolvedTarget } from '../../config/index.js';
import { ScoringError, throwIfInterrupted, toInterrupted } from '../../contract/index.js';
import type { RunFinished } from '../../observe/events.js';
import { buildViewRelation } from '../../plan/build.js';
import { runTarget } from '../../run/run-target.js';
import type { WarehouseSession } from '../../run/session.js';
import type { ScoreWorker } from '../../score/worker-handle.js';
import { chooseTargets, loadContext, openSession } from '../context.js';
import { worstOf } from '../each-target.js';
import type { CommandEnv, SelectionArgs } from '../options.js';
import { newHumanReporter } from '../output/human.js';
import { newNdjsonReporter, reportAsEvents } from '../output/ndjson.js';
import { renderTable } from '../output/text.js';
import { readVersion } from '../version.js';

export interface RunArgs extends SelectionArgs {
  readonly dryRun?: boolean;
  readonly limit?: number;
  readonly restart?: boolean;
  readonly preview?: number;
  readonly shard?: string;
}

/**
 * Runs the selected targets one after the other; a failing one does not stop the others.
 *
 * @param starting score workers that the first target takes; those left are the caller's to close
 */
export async function runTargets(args: RunArgs, env: CommandEnv, starting: ScoreWorker[]): Promise<number> {
  try {
    assertBuilt(args);
    const loaded = await loadContext(args, env);
    const targets = chooseTargets(loaded, args);
    const session = await openSession(loaded, args, env, { write: args.dryRun !== true, lockWaitMs: 0 });
    await using _adapter = session.adapter;
    const codes: number[] = [];
    for (const target of targets) {
      throwIfInterrupted(env.signal, 'cli');
      codes.push((await runOne(session, target, args, env, starting)).exit_code);
    }
    return worstOf(codes);
  } catch (error) {
    if (args.json !== true) throw error;
    return reportAsEvents(env.signal.aborted ? toInterrupted('cli') : error, env);
  }
}

async function runOne(
  session: WarehouseSession,
  target: ResolvedTarget,
  args: RunArgs,
  env: CommandEnv,
  starting: ScoreWorker[],
): Promise<RunFinished> {
  const emit = args.json === true ? newNdjsonReporter(env) : newHumanReporter(env);
  const finished = await runTarget(session, target, {
    signal: env.signal,
    emit,
    program: `scorehouse ${readVersion()}`,
    starting,
    ...(env.patience?.retries === undefined ? {} : { retries: env.patience.retries }),
    ...(args.dryRun === undefined ? {} : { dryRun: args.dryRun }),
    ...(args.limit === undefined ? {} : { limit: args.limit }),
    ...(args.restart === undefined ? {} : { restart: args.restart }),
  });
  if (args.json !== true && finished.publish_seq !== null && (args.preview ?? 0) > 0) {
    await preview(session, target, args.preview ?? 0, env);
  }
  return finished;
}

/** Shows the first predictions, for a person who asked for them. */
async function preview(
  session: WarehouseSession,
  target: ResolvedTarget,
  count: number,
  env: CommandEnv,
): Promise<void> {
  const { adapter, ledger } = session;
  const view = buildViewRelation(target, session.warehouse, adapter.dialect);
  const statement = ledger.sql.render('publish/preview', { view, limit: count });
  const { columns, rows } = await adapter.query(statement, { maxRows: count, signal: env.signal });
  const shown = columns.flatMap((name, i) => (name.startsWith('_') ? [] : [i]));
  env.stdout.write(
    `\n${renderTable(
      shown.map((i) => columns[i] ?? ''),
      rows.map((row) => shown.map((i) => row[i])),
    )}`,
  );
}

function assertBuilt(args: RunArgs): void {
  if (args.shard === undefined) return;
  throw new ScoringError('--shard is not built yet', {
    code: 'NOT_BUILT',
    stage: 'cli',
    hint: 'Leave it out: one process scores everything.',
  });
}
