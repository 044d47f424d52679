import type { ErrorFields, Vector } from '../contract/index.js';
import type { ScoringSpec, TensorInfo } from '../plan/scoring-spec.js';

/** What the pool asks of a worker. Each request is answered once, under its id. */
export type Request =
  | { readonly id: number; readonly kind: 'open'; readonly model: Uint8Array }
  | { readonly id: number; readonly kind: 'probe' }
  | { readonly id: number; readonly kind: 'prepare'; readonly spec: ScoringSpec }
  | {
      readonly id: number;
      readonly kind: 'score';
      readonly rows: number;
      readonly columns: readonly Vector[];
      readonly moved: readonly ArrayBuffer[];
    }
  | { readonly id: number; readonly kind: 'close' };

/** What a session says of itself. */
export interface SessionInfo {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly engineVersion: string;
}

/** What one scored block tells: true output shapes, and the speed of one worker. */
export interface Probe {
  /** Values that each output gives a row; outputs that could not be run are left out. */
  readonly widths: Readonly<Record<string, number>>;
  readonly rowsPerSecond: number;
}

export interface ScoredColumns {
  /** The memory of the columns that were moved to the worker, for the next chunks. */
  readonly returned: readonly ArrayBuffer[];
  readonly columns: readonly Vector[];
}

/** A thrown error as it crosses threads. */
export interface WorkerFailure extends Omit<ErrorFields, 'cause'> {
  readonly message: string;
}

export type Response =
  | { readonly id: number; readonly ok: true; readonly value: SessionInfo | Probe | ScoredColumns | null }
  | { readonly id: number; readonly ok: false; readonly failure: WorkerFailure };
