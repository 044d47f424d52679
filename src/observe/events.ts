/** What a run tells while it goes on. `run --json` prints each as one line. */
export type RunEvent =
  | { readonly event: 'run_started' }
  | { readonly event: 'redrive'; readonly rejected_by: string; readonly rows: number }
  | { readonly event: 'planned'; readonly plan: PlanSummary }
  | {
      readonly event: 'resumed';
      readonly from: 'chunks' | 'staged';
      /** What the earlier run has staged. */
      readonly chunks: number;
      readonly rows: number;
      /** Since the earlier run last wrote. */
      readonly idle_seconds: number;
      /** Smaller chunks than planned, since the run died of the same one again and again. */
      readonly chunk_rows?: number;
    }
  | { readonly event: 'resumable_abandoned'; readonly abandoned: string; readonly reason: string }
  | { readonly event: 'golden'; readonly file: string; readonly rows: number }
  | { readonly event: 'frozen'; readonly relation: string }
  | {
      readonly event: 'chunks_loaded';
      readonly chunks: number;
      readonly rows_loaded: number;
      readonly rows_total: number;
      readonly rows_per_second: number;
    }
  | {
      readonly event: 'staged';
      readonly rows: number;
      readonly relation: string;
      readonly workers: WorkerSummary;
    }
  | { readonly event: 'features'; readonly counts: readonly FeatureCounted[] }
  | {
      readonly event: 'gate';
      readonly checks: readonly {
        readonly name: string;
        readonly passed: boolean;
        readonly finding: string;
        readonly note?: string;
        readonly look?: string;
      }[];
    }
  | {
      readonly event: 'published';
      readonly version: number;
      readonly publish_seq: number;
      readonly relation: string;
    }
  | {
      /** Something failed for a reason that passes, and is done again from its start. */
      readonly event: 'retry';
      /** A call of the warehouse by its statement's name, or `run`: then a new run with an id of its own begins. */
      readonly what: string;
      /** The attempt that failed, from 1. */
      readonly attempt: number;
      readonly wait_ms: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly event: 'warning'; readonly message: string }
  | { readonly event: 'dropped'; readonly versions: readonly number[] }
  | {
      readonly event: 'run_failed';
      readonly code: string;
      readonly stage: string;
      readonly message: string;
      readonly hint?: string;
    }
  | RunFinished;

/** Rows of which a feature was not taken as it is. */
export interface FeatureCounted {
  /** Null where the engine did not take the row. */
  readonly feature: string | null;
  readonly reason: string;
  readonly action: string;
  readonly rows: number;
}

/** The last event of every run. */
export interface RunFinished {
  readonly event: 'run_finished';
  readonly state: string;
  readonly exit_code: number;
  readonly version: number | null;
  readonly publish_seq: number | null;
  readonly rows_read: number;
  readonly rows_published: number;
  readonly rows_rejected: number;
  readonly seconds: number;
}

/** What became of the processes that scored. */
export interface WorkerSummary {
  readonly count: number;
  readonly crashed: number;
  /** Replaced because their memory had grown. */
  readonly recycled: number;
  /** Most resident memory of one of them. */
  readonly peak_bytes: number;
}

/** The plan's figures that people ask for. */
export interface PlanSummary {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly paging: string;
  readonly snapshot: string;
  readonly chunk_rows: number;
  readonly workers: number;
  readonly model: string;
  readonly model_version: string;
  readonly view: string;
  readonly outputs: readonly string[];
  readonly live_version: number | null;
  readonly fingerprint: string;
}

/** An event with when, of which target and which run. */
export type StampedEvent = RunEvent & {
  readonly time: string;
  readonly target: string;
  readonly run_id: string;
};

export type Emit = (event: StampedEvent) => void;
