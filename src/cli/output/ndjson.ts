import { EXIT, exitCodeOf, isScoringError } from '../../contract/index.js';
import type { StampedEvent } from '../../observe/events.js';
import type { CommandEnv } from '../options.js';
import { toJson } from './text.js';

/** Tells a run's events to a program: one JSON document a line. */
export function newNdjsonReporter(env: CommandEnv): (event: StampedEvent) => void {
  return (event) => {
    env.stdout.write(`${toJson(event)}\n`);
  };
}

/** A failure before any target began, in the events that a reader of NDJSON waits for. */
export function reportAsEvents(error: unknown, env: CommandEnv): number {
  const fields = isScoringError(error)
    ? { code: error.code, stage: error.stage, message: error.message, hint: error.hint }
    : { code: 'INVARIANT', stage: 'cli', message: String(error) };
  const exitCode = exitCodeOf(error);
  const stamp = { time: new Date().toISOString(), target: null, run_id: null };
  env.stdout.write(`${toJson({ ...stamp, event: 'run_failed', ...fields })}\n`);
  const state =
    exitCode === EXIT.interrupted ? 'interrupted' : exitCode === EXIT.refused ? 'refused' : 'failed';
  reportFinished(env, null, state, exitCode);
  return exitCode;
}

/** The last event of a command that ran nothing. */
export function reportFinished(
  env: CommandEnv,
  target: string | null,
  state: string,
  exitCode: number,
): void {
  const figures = { rows_read: 0, rows_published: 0, rows_rejected: 0, seconds: 0 };
  const stamp = { time: new Date().toISOString(), target, run_id: null };
  const finished = { event: 'run_finished', state, exit_code: exitCode, version: null, publish_seq: null };
  env.stdout.write(`${toJson({ ...stamp, ...finished, ...figures })}\n`);
}
