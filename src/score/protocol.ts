import type { ErrorFields, Vector } from '../contract/index.js';
import type { FeatureCount, Reject } from '../features/contract.js';
import type { SetHashes } from '../hash/row-hasher.js';
import type { Thresholds, WorkerModel } from '../plan/model-facts.js';
import type { OutputFaults } from '../plan/output-faults.js';
import type { ScoringSpec, TensorInfo } from '../plan/scoring-spec.js';
import type { PackedVectors } from './chunk-file.js';
import type { RejectColumns } from './cut-rejects.js';

/** The descriptor under which a worker process finds its chunk file: behind stdin, stdout, stderr and the channel. */
export const CHUNK_FD = 4;

/** What the pool asks of a worker. Each request is answered once, under its id, in order. */
export type Request = { readonly id: number } & (
  | { readonly kind: 'open'; readonly models: readonly WorkerModel[] }
  /** In the order of the models. */
  | { readonly kind: 'tokenizers'; readonly tokenizers: readonly (TokenizerSource | null)[] }
  | { readonly kind: 'probe' }
  | { readonly kind: 'prepare'; readonly spec: ScoringSpec; readonly options: ScoringOptions }
  | ScoreRequest
);

/** What changes no score of a row that has one. */
export interface ScoringOptions {
  /** Where the trees of each model split its inputs: values that collide with them are counted. */
  readonly thresholds?: readonly Readonly<Record<string, Thresholds>>[];
  /** Gives rejected rows scores of NULL; they are left out by default. */
  readonly keepsRejects?: boolean;
}

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

/** A tokenizer.json and where it cuts. */
export interface TokenizerSource {
  readonly json: string;
  readonly maxLength: number;
  readonly truncateLeft: boolean;
}

/** What a tokenizer says of itself. */
export interface TokenizerInfo {
  /** Tokens that every text gets beside its own. */
  readonly specialTokens: number;
  readonly engine: string;
}

/** What a worker says when it has opened the tokenizers: null for a model that has none. */
export interface TokenizersInfo {
  readonly tokenizers: readonly (TokenizerInfo | null)[];
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
  /** Values that each output gives a row; 0 where its rows cannot be told apart, left out where it could not be run. */
  readonly widths: Readonly<Record<string, number>>;
  /** Null where it takes no texts of the greatest length. */
  readonly rowsPerSecond: number | null;
  /** What the engine says against texts of the greatest length; null where it takes them, or there are no texts. */
  readonly refusal: string | null;
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
  readonly rejects: readonly Reject[];
  readonly counts: readonly FeatureCount[];
  /** What the engine said of a row that it does not take; null where it takes all. */
  readonly engineError: string | null;
  /** True where the scores have no row for the rejected ones. */
  readonly isCut: boolean;
  /** Resident memory of the worker's process, in bytes. */
  readonly memoryBytes: number;
}

/** A scored chunk, as it is loaded. */
export interface ScoredColumns {
  readonly rows: number;
  /** What predictions carry along: key, then passthrough. */
  readonly carried: readonly Vector[];
  readonly scores: readonly Vector[];
  /** By prediction column. */
  readonly faults: readonly OutputFaults[];
  readonly hashes: SetHashes;
  /** Null where no row is rejected. */
  readonly rejects: RejectColumns | null;
  readonly counts: readonly FeatureCount[];
  /** What the engine said of a row that it does not take; null where it takes all. May hold values of the row. */
  readonly engineError: string | null;
  /** The memory of the other columns, for the next chunks. */
  readonly returned: readonly ArrayBuffer[];
}

/** A thrown error as it crosses processes. */
export interface WorkerFailure extends Omit<ErrorFields, 'cause'> {
  readonly message: string;
}

export type Response =
  | {
      readonly id: number;
      readonly ok: true;
      readonly value: WorkerInfo | TokenizersInfo | Probes | ScoreAnswer | null;
    }
  | { readonly id: number; readonly ok: false; readonly failure: WorkerFailure };
