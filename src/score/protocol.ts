import type { ErrorFields, Vector } from '../contract/index.js';
import type { SetHashes } from '../hash/row-hasher.js';
import type { ModelSource } from '../plan/model-facts.js';
import type { OutputFaults } from '../plan/output-faults.js';
import type { ScoringSpec, TensorInfo } from '../plan/scoring-spec.js';
import type { PackedVectors } from './chunk-file.js';

/** The descriptor under which a worker process finds its chunk file: behind stdin, stdout, stderr and the channel. */
export const CHUNK_FD = 4;

/** What the pool asks of a worker. Each request is answered once, under its id, in order. */
export type Request = { readonly id: number } & (
  | { readonly kind: 'open'; readonly models: readonly ModelSource[] }
  | { readonly kind: 'probe' }
  | { readonly kind: 'prepare'; readonly spec: ScoringSpec }
  | ScoreRequest
);

/** A chunk whose columns lie in a slot of the chunk file, each once; the lists are places among them. */
export interface ScoreRequest {
  readonly kind: 'score';
  readonly rows: number;
  readonly slot: number;
  readonly packed: PackedVectors;
  readonly features: readonly number[];
  readonly key: readonly number[];
  readonly passthrough: readonly number[];
  /** Rows that crash the engine, ascending: they must never reach it. */
  readonly crashing: readonly number[];
}

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

/** What a worker answers of a chunk; the scores lie in the slot that its columns lay in. */
export interface ScoreAnswer {
  readonly packed: PackedVectors;
  /** Of the rows as they are loaded: of their keys, and of key, passthrough and scores. */
  readonly hashes: SetHashes;
  /** By prediction column. */
  readonly faults: readonly OutputFaults[];
  /** Resident memory of the worker's process, in bytes. */
  readonly memoryBytes: number;
}

/** A scored chunk. */
export interface ScoredColumns {
  /** What predictions carry along: key, then passthrough. */
  readonly carried: readonly Vector[];
  readonly scores: readonly Vector[];
  /** By prediction column. */
  readonly faults: readonly OutputFaults[];
  readonly hashes: SetHashes;
  /** The memory of the other columns, for the next chunks. */
  readonly returned: readonly ArrayBuffer[];
}

/** A thrown error as it crosses processes. */
export interface WorkerFailure extends Omit<ErrorFields, 'cause'> {
  readonly message: string;
}

export type Response =
  | { readonly id: number; readonly ok: true; readonly value: WorkerInfo | Probes | ScoreAnswer | null }
  | { readonly id: number; readonly ok: false; readonly failure: WorkerFailure };
