import type { Emit } from '../observe/events.js';
import type { ScoreWorker } from '../score/worker-handle.js';
import type { OpenRejects } from './open-rejects.js';
import type { RunRetries } from './retry.js';
import type { Failpoint } from './watch-calls.js';

/** How one target is run. */
export interface RunOptions {
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Name and version of the program, for the ledger. */
  readonly program: string;
  /** Score workers that have started already; the run takes what it needs out of the list. */
  readonly starting?: ScoreWorker[];
  /** Plan only: writes nothing. */
  readonly dryRun?: boolean;
  /** Asked before and after each adapter call; tests fail, stop or kill there. */
  readonly failpoint?: Failpoint;
  /** Goes on with nothing that an earlier run left. */
  readonly restart?: boolean;
  /** How often a run that can be resumed commits what it has staged, in milliseconds; 10 s where left out. */
  readonly checkpointMs?: number;
  /** How often and how long failures that pass are tried again; `RETRIES` where left out. */
  readonly retries?: RunRetries;
  /** Scores only so many rows, and never publishes. */
  readonly limit?: number;
  /** Scores only the rows that were rejected, beside what is live. */
  readonly redrive?: OpenRejects;
}
