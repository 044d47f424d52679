import type { ResolvedTarget } from '../config/index.js';
import type { Redactor } from '../contract/index.js';
import type { SetHashes } from '../hash/row-hasher.js';
import { renderHash } from '../hash/text.js';
import type { Control, Hold } from '../ledger/control.js';
import type { OpenRun } from '../ledger/open-runs.js';
import type { ResumePoint, RunRecord, RunState } from '../ledger/runs.js';
import type { VersionRecord } from '../ledger/versions.js';
import type { Emit, RunEvent } from '../observe/events.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { readCpuFeatures } from './cpu-features.js';
import type { Tally } from './tally.js';
import { newRunId, toInstant } from './uuid.js';

/** States with which nobody goes on. */
const CLOSED: ReadonlySet<RunState> = new Set(['published', 'abandoned', 'refused']);

/** What is known of one run so far, for the ledger and for whoever watches. */
export class RunLog {
  /** Of this run, or of the earlier one that it goes on with. */
  runId = newRunId();
  readonly target: ResolvedTarget;
  plan: ScoringPlan | null = null;
  /** True once it is on record, and what nobody goes on with is closed. */
  opened = false;
  control: Control | null = null;
  version: VersionRecord | null = null;
  snapshotId: string | null = null;
  /** Where a later run may go on, if this one ends here. */
  resume: ResumePoint | null = null;
  /** Rows of a key that a later row of the same key took the place of. */
  rowsSuperseded = 0;
  rowsRead = 0;
  /** Rows loaded, those without scores among them. */
  rowsStaged = 0;
  rowsScored = 0;
  rowsRejected = 0;
  rowsPublished = 0;
  /** Of the rows loaded; once published, of the whole published table. */
  hashes: SetHashes | null = null;
  publishSeq: bigint | null = null;
  publishedVersion: number | null = null;
  readonly #cpuFeatures = readCpuFeatures();
  readonly #emit: Emit;
  readonly #redactor: Redactor;
  readonly #startedAt = performance.now();

  /** @param redactor takes secrets out of events and of the ledger's messages */
  constructor(target: ResolvedTarget, emit: Emit, redactor: Redactor) {
    this.target = target;
    this.#emit = emit;
    this.#redactor = redactor;
  }

  /** When the run began, as its predictions say; the same for all its attempts. */
  get scoredAt(): string {
    return toInstant(this.runId);
  }

  /** Goes on as an earlier run, which ended without publishing. */
  adopt(earlier: OpenRun): void {
    this.runId = earlier.runId;
    this.resume = earlier.resume;
    this.snapshotId = earlier.snapshot;
    this.rowsRead = earlier.rowsRead;
    this.rowsSuperseded = earlier.rowsSuperseded;
  }

  /** What every write of the run is fenced by; epoch 0, which nobody has, before it holds its target. */
  get hold(): Hold {
    return { target: this.target.name, epoch: this.control?.epoch ?? 0n };
  }

  /** Takes over what was loaded. */
  count({ rows, scored, rejected, hashes }: Tally): void {
    this.rowsStaged = rows;
    this.rowsScored = scored;
    this.rowsRejected = rejected;
    this.hashes = hashes;
  }

  /** Seconds since the run began. */
  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  tell(event: RunEvent): void {
    const told = this.#redactor.value(event);
    this.#emit({ time: new Date().toISOString(), target: this.target.name, run_id: this.runId, ...told });
  }

  /** The run as the ledger logs it. */
  record(
    state: RunState,
    error: { readonly code: string; readonly message: string } | null = null,
    resume: ResumePoint | null = this.resume,
  ): RunRecord {
    const { plan } = this;
    return {
      runId: this.runId,
      target: this.target.name,
      state,
      fingerprint: plan?.fingerprint ?? null,
      modelSha256: plan?.model.sha256 ?? null,
      modelVersion: plan?.model.version ?? null,
      engineVersion: plan?.model.engine ?? null,
      cpuFeatures: this.#cpuFeatures,
      sqlHash: plan?.read.sqlHash ?? null,
      snapshot: this.snapshotId,
      rowsRead: this.rowsRead,
      rowsScored: this.rowsScored,
      rowsRejected: this.rowsRejected,
      rowsPublished: this.rowsPublished,
      keyHash: this.hashes === null ? null : renderHash(this.hashes.keys),
      valueHash: this.hashes === null ? null : renderHash(this.hashes.values),
      bytes: null,
      errorCode: error?.code ?? null,
      errorMessage: error === null ? null : this.#redactor.text(error.message),
      epoch: this.hold.epoch,
      resume: CLOSED.has(state) ? null : resume,
      rowsSuperseded: this.rowsSuperseded,
    };
  }
}
