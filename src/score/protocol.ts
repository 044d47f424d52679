import type { ErrorFields, Vector } from '../contract/index.js';
import type { SetHashes } from '../hash/row-hasher.js';
import type { ScoringSpec, TensorInfo } from '../plan/scoring-spec.js';

/** What the pool asks of a worker. Each request is answered once, under its id. */
export type Request =
  | { readonly id: number; readonly kind: 'open'; readonly models: readonly Uint8Array[] }
  | { readonly id: number; readonly kind: 'probe' }
  | { readonly id: number; readonly kind: 'prepare'; readonly spec: ScoringSpec }
  | {
      readonly id: number;
      readonly kind: 'score';
      readonly rows: number;
      readonly columns: ChunkColumns;
      readonly moved: readonly ArrayBuffer[];
    }
  | { readonly id: number; readonly kind: 'close' };

/** The columns of a chunk by what they are for. One column may be among both features and others. */
export interface ChunkColumns {
  /** In the order of the model's features. */
  readonly features: readonly Vector[];
  readonly key: readonly Vector[];
  readonly passthrough: readonly Vector[];
}

/** What a session says of its model. */
export interface SessionInfo {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/** What a worker says when it has opened its models. */
export interface WorkerInfo {
  /** In the order in which they were given. */
  readonly models: readonly SessionInfo[];
  readonly engineVersion: string;
}

/** What one scored block tells: true output shapes, and the speed of one worker. */
export interface Probe {
  /** Values that each output gives a row; outputs that could not be run are left out. */
  readonly widths: Readonly<Record<string, number>>;
  readonly rowsPerSecond: number;
}

/** A probe of each model; null for one that does not take made-up rows. */
export interface Probes {
  readonly models: readonly (Probe | null)[];
}

/** A scored chunk, back from its worker. */
export interface ScoredColumns {
  /** What predictions carry along: key, then passthrough. */
  readonly carried: readonly Vector[];
  readonly scores: readonly Vector[];
  /** Of the rows as they are loaded: of their keys, and of key, passthrough and scores. */
  readonly hashes: SetHashes;
  /** The memory of the other columns, for the next chunks. */
  readonly returned: readonly ArrayBuffer[];
}

/** A thrown error as it crosses threads. */
export interface WorkerFailure extends Omit<ErrorFields, 'cause'> {
  readonly message: string;
}

export type Response =
  | { readonly id: number; readonly ok: true; readonly value: WorkerInfo | Probes | ScoredColumns | null }
  | { readonly id: number; readonly ok: false; readonly failure: WorkerFailure };
