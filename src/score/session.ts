import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ScoringError, type Vector } from '../contract/index.js';
import { newTensorData, packBlock, type Replaced, type TensorData } from '../features/pack.js';
import type { WorkerModel } from '../plan/model-facts.js';
import type { ElementType, ModelSpec, OutputSpec, TensorInfo, TensorSpec } from '../plan/scoring-spec.js';
import { findWidth } from './outputs/block.js';
import type { ScoredOutput } from './outputs/column.js';
import { newGathering } from './outputs/gather.js';
import type { Probe, SessionInfo } from './protocol.js';
import { nameProvider, toProviders } from './provider.js';
import { runOrSplit } from './split-block.js';

/** Rows of the block that measures a model before a run. */
const PROBE_ROWS = 256;

/** One thread and no parallel graph: with more, sums of trees change in their last bits from run to run. */
const OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  // LightGBM's exporter declares a wrong label shape, and onnxruntime would warn at every block.
  logSeverityLevel: 3,
};

/** So many rows that the engine does not take, and none that it does: the model is broken, not its rows. */
const GIVE_UP_ROWS = 1000;

/** What a model gives for a chunk's rows. */
export type SessionScores =
  | { readonly kind: 'scored'; readonly outputs: readonly ScoredOutput[] }
  /** Rows that the engine does not take, ascending, and what it said of the last of them. */
  | { readonly kind: 'failed'; readonly rows: readonly number[]; readonly engineError: string };

/** An onnxruntime session and the buffers of one block, which every block reuses. */
export class Session {
  readonly #session: InferenceSession;
  #spec: ModelSpec | null = null;
  #outputs: readonly OutputSpec[] = [];
  #blocks: readonly TensorData[] = [];
  /** Where the outputs go: null lets onnxruntime allocate. */
  #fetches: Record<string, Tensor | null> = {};
  #hasScored = false;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @throws ENVIRONMENT where this onnxruntime cannot run models on the provider */
  static async open(model: WorkerModel): Promise<Session> {
    const { provider = 'cpu' } = model;
    const options = { ...OPTIONS, executionProviders: toProviders(provider) };
    const opening =
      model.kind === 'bytes'
        ? InferenceSession.create(model.bytes, options)
        : InferenceSession.create(model.path, options);
    return new Session(
      await opening.catch((cause: unknown) => {
        throw nameProvider(provider, cause);
      }),
    );
  }

  info(): SessionInfo {
    return {
      inputs: this.#session.inputMetadata.map(toTensorInfo),
      outputs: this.#session.outputMetadata.map(toTensorInfo),
    };
  }

  /** Scores made-up rows twice: the first run warms up, the second is timed. */
  async probe(): Promise<Probe> {
    const feeds: Record<string, Tensor> = {};
    let rows = PROBE_ROWS;
    for (const input of this.info().inputs) {
      const dims = input.shape.map((dim, i) => (typeof dim === 'number' ? dim : i === 0 ? PROBE_ROWS : 1));
      rows = dims[0] ?? 1;
      const length = dims.reduce((product, dim) => product * dim, 1);
      const element = input.type as ElementType;
      const data = newTensorData(element, length);
      feeds[input.name] = newTensor(element, Array.isArray(data) ? data.fill('') : data, dims);
    }
    const fetches = this.info()
      .outputs.filter(({ type }) => type !== null)
      .map(({ name }) => name);
    await this.#session.run(feeds, fetches);
    const start = performance.now();
    const outputs = await this.#session.run(feeds, fetches);
    const seconds = (performance.now() - start) / 1000;
    const widths = Object.entries(outputs).map(([name, { dims }]) => [name, findWidth(dims, rows) ?? 0]);
    return { widths: Object.fromEntries(widths), rowsPerSecond: rows / Math.max(seconds, 1e-6) };
  }

  prepare(spec: ModelSpec, outputs: readonly OutputSpec[]): void {
    this.#spec = spec;
    this.#outputs = outputs;
    this.#fetches = Object.fromEntries(outputs.map(({ from }) => [from, null]));
    this.#blocks = spec.tensors.map(({ element, features }) =>
      newTensorData(element, spec.blockRows * features.length),
    );
  }

  /**
   * Scores a chunk block by block, from its feature columns.
   *
   * @param replaced values in the place of columns' own, by the features' names
   * @throws SCORING where the engine takes none of very many rows
   */
  async score(
    rows: number,
    columns: readonly Vector[],
    replaced: ReadonlyMap<string, Replaced>,
  ): Promise<SessionScores> {
    const spec = this.#spec;
    if (spec === null)
      throw new ScoringError('a chunk came before its spec', { code: 'INVARIANT', stage: 'score' });
    const { takers, columns: outputs } = newGathering(this.#outputs, rows);
    const failed: number[] = [];
    let failure: unknown;
    const run = async (from: number, to: number): Promise<void> => {
      const feeds = this.#feed(spec, columns, from, to, replaced);
      const tensors = await this.#session.run(feeds, this.#fetches).catch((error: unknown) => {
        failure = error;
        throw error;
      });
      this.#hasScored = true;
      this.#reuse(tensors);
      const block = { at: from, rows: to - from, blockRows: spec.blockRows };
      for (const taker of takers) taker.take(tensors[taker.from] as Tensor, block);
    };
    for (let at = 0; at < rows; at += spec.blockRows) {
      failed.push(...(await runOrSplit(at, Math.min(at + spec.blockRows, rows), run)));
      if (!this.#hasScored && failed.length >= GIVE_UP_ROWS) {
        throw new ScoringError(wordsOf(failure), { code: 'SCORING', stage: 'score', cause: failure });
      }
    }
    if (failed.length > 0) return { kind: 'failed', rows: failed, engineError: wordsOf(failure) };
    return { kind: 'scored', outputs: outputs.map((output) => output.toOutput()) };
  }

  /**
   * All blocks have one size, so the first block's outputs serve the others: a tensor a block would be left to a
   * collector that has no reason to hurry. Strings cannot be written in place.
   */
  #reuse(tensors: InferenceSession.OnnxValueMapType): void {
    for (const [name, tensor] of Object.entries(tensors)) {
      if (this.#fetches[name] === null && tensor.type !== 'string') this.#fetches[name] = tensor;
    }
  }

  #feed(
    spec: ModelSpec,
    columns: readonly Vector[],
    from: number,
    to: number,
    replaced: ReadonlyMap<string, Replaced>,
  ): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = {};
    spec.tensors.forEach((tensor, i) => {
      const block = this.#blocks[i] as TensorData;
      packBlock(block, tensor, columns, from, to, spec.blockRows, replaced);
      feeds[tensor.input] = newTensor(tensor.element, block, dimsOf(tensor, spec.blockRows));
    });
    return feeds;
  }
}

/** The engine's words, without what they may quote of a row: texts in quotes and numbers behind the failing node. */
function wordsOf(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure);
  const [node = '', ...said] = text.split('Status Message:');
  const words = said.join(' ').replace(/'[^']*'|"[^"]*"|\[[^\]]*\]|-?\d[\w.+-]*/g, '…');
  return `onnxruntime failed: ${node}${words}`;
}

function dimsOf(tensor: TensorSpec, rows: number): number[] {
  return tensor.rank === 1 ? [rows] : [rows, tensor.features.length];
}

function newTensor(element: ElementType, data: TensorData, dims: readonly number[]): Tensor {
  return new Tensor(element as 'float32', data as Float32Array, dims);
}

function toTensorInfo(metadata: InferenceSession.ValueMetadata): TensorInfo {
  if (!metadata.isTensor) return { name: metadata.name, type: null, shape: [] };
  // A dimension without a name is -1 here.
  const shape = metadata.shape.map((dim) => (typeof dim === 'number' && dim < 0 ? '' : dim));
  return { name: metadata.name, type: metadata.type, shape };
}
