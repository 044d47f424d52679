import { ScoringError } from '../contract/index.js';

/** Messages within messages; protobuf's own limit, which onnxruntime keeps too. */
const MAX_DEPTH = 100;
const MAX_NODES = 100_000;
/** Names, nodes, attributes, dimensions and the like that are kept of one model: 0.2 GB at the most. */
const MAX_KEPT = 1_000_000;
/** Of one tensor. */
export const MAX_ELEMENTS = 2 ** 31 - 1;
/** A sparse tensor is made dense by the engine: few bytes of the file would become many of memory. */
export const MAX_SPARSE_ELEMENTS = 2 ** 26;

/** Counts what reading one model has kept, so that a small file cannot fill the memory. */
export class Limits {
  #nodes = 0;
  #kept = 0;

  /** @throws MODEL_INVALID where a message is nested too deeply */
  assertDepth(depth: number): void {
    if (depth > MAX_DEPTH) throw malformed(`it nests more than ${MAX_DEPTH} messages`);
  }

  /** @throws MODEL_INVALID where the graphs of the model have too many nodes */
  countNode(): void {
    if (++this.#nodes > MAX_NODES)
      throw malformed(`it has more than ${MAX_NODES.toLocaleString('en-US')} nodes`);
  }

  /** @throws MODEL_INVALID where too many values would be kept */
  countKept(): void {
    if (++this.#kept > MAX_KEPT) {
      throw malformed(
        `it has more than ${MAX_KEPT.toLocaleString('en-US')} names, attributes and dimensions`,
      );
    }
  }
}

/** The error of a file that is no model, or one that asks for more than any model needs. */
export function malformed(what: string, cause?: unknown): ScoringError {
  return new ScoringError(what, {
    code: 'MODEL_INVALID',
    stage: 'model',
    hint: 'Export the model again, or restore the file; nothing of it was run.',
    cause,
  });
}
