import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { assertInvariant, ScoringError, type Vector } from '../contract/index.js';
import type { Replaced } from '../features/pack.js';
import { TextTokenizer } from '../features/tokenizer.js';
import type { WorkerModel } from '../plan/model-facts.js';
import type { ModelSpec, OutputSpec, TensorInfo, TextSpec } from '../plan/scoring-spec.js';
import { ColumnFeeder } from './column-feeder.js';
import type { Feeder } from './feed.js';
import { madeUpLongest, madeUpRows, madeUpTokens } from './made-up.js';
import { findWidth } from './outputs/block.js';
import type { ScoredOutput } from './outputs/column.js';
import { newGathering } from './outputs/gather.js';
import type { Probe, SessionInfo, TokenizerInfo, TokenizerSource } from './protocol.js';
import { nameProvider, toProviders } from './provider.js';
import { runOrSplit } from './split-block.js';
import { TextFeeder } from './text-feeder.js';

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

/** An onnxruntime session, with what feeds it. */
export class Session {
  readonly #session: InferenceSession;
  readonly #info: SessionInfo;
  /** Of a text model. */
  #text: { readonly tokenizer: TextTokenizer; readonly maxLength: number } | null = null;
  #feeder: Feeder | null = null;
  #outputs: readonly OutputSpec[] = [];
  /** Where the outputs of a block of so many rows go: null lets onnxruntime allocate. */
  readonly #fetches = new Map<number, Record<string, Tensor | null>>();
  #hasScored = false;

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.#info = {
      inputs: session.inputMetadata.map(toTensorInfo),
      outputs: session.outputMetadata.map(toTensorInfo),
    };
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
    return this.#info;
  }

  /** From now on the session takes texts. @throws whatever the library says of the file */
  async openTokenizer(source: TokenizerSource): Promise<TokenizerInfo> {
    const tokenizer = await TextTokenizer.open(source.json, source);
    this.#text = { tokenizer, maxLength: source.maxLength };
    const { engine, specialTokens } = tokenizer;
    return { engine, specialTokens };
  }

  /** Scores made-up rows twice: the first run warms up, the second is timed. */
  async probe(): Promise<Probe> {
    const { inputs, outputs } = this.info();
    const fetches = outputs.filter(({ type }) => type !== null).map(({ name }) => name);
    const maxLength = this.#text?.maxLength;
    const refusal = maxLength === undefined ? null : await this.#tryLongest(inputs, fetches, maxLength);
    if (refusal !== null) return { widths: {}, rowsPerSecond: null, refusal };
    const { feeds, rows } = maxLength === undefined ? madeUpRows(inputs) : madeUpTokens(inputs, maxLength);
    await this.#session.run(feeds, fetches);
    const start = performance.now();
    const tensors = await this.#session.run(feeds, fetches);
    const seconds = (performance.now() - start) / 1000;
    const widths = Object.entries(tensors).map(([name, { dims }]) => [name, findWidth(dims, rows) ?? 0]);
    return {
      widths: Object.fromEntries(widths),
      rowsPerSecond: rows / Math.max(seconds, 1e-6),
      refusal: null,
    };
  }

  /** What the engine says against texts of the greatest length: a model may have fewer positions than the target says. */
  async #tryLongest(
    inputs: readonly TensorInfo[],
    fetches: readonly string[],
    maxLength: number,
  ): Promise<string | null> {
    const { feeds } = madeUpLongest(inputs, maxLength);
    return this.#session.run(feeds, fetches).then(
      () => null,
      (cause: Error) => cause.message,
    );
  }

  prepare(spec: ModelSpec, outputs: readonly OutputSpec[]): void {
    this.#outputs = outputs;
    this.#fetches.clear();
    this.#feeder = spec.text === null ? new ColumnFeeder(spec) : this.#newTextFeeder(spec.text);
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
    const feeder = this.#feeder;
    assertInvariant(feeder !== null, 'a chunk came before its spec', 'score');
    const { takers, columns: outputs } = newGathering(this.#outputs, rows);
    const failed: number[] = [];
    let failure: unknown;
    for await (const feed of feeder.feed(rows, columns, replaced)) {
      const run = async (from: number, to: number): Promise<void> => {
        const tensors = await this.#run(feed.pack(from, to), feed.blockRows).catch((error: unknown) => {
          failure = error;
          throw error;
        });
        this.#hasScored = true;
        feed.take(takers, tensors, from, to);
      };
      for (const row of await runOrSplit(0, feed.rows, run)) failed.push(feed.placeOf(row));
      if (!this.#hasScored && failed.length >= GIVE_UP_ROWS) {
        throw new ScoringError(wordsOf(failure), { code: 'SCORING', stage: 'score', cause: failure });
      }
    }
    if (failed.length > 0) {
      return { kind: 'failed', rows: failed.sort((a, b) => a - b), engineError: wordsOf(failure) };
    }
    return { kind: 'scored', outputs: outputs.map((output) => output.toOutput()) };
  }

  #newTextFeeder(spec: TextSpec): TextFeeder {
    assertInvariant(this.#text !== null, 'texts came before their tokenizer', 'score');
    return new TextFeeder(spec, this.#text.tokenizer);
  }

  /**
   * Blocks of one size give outputs of one size, so the first block's outputs serve the others: a tensor a block would
   * be left to a collector that has no reason to hurry. Strings cannot be written in place, and onnxruntime takes no
   * tensor of another shape than the graph declares, though it gives one: LightGBM's exporter declares its label as [1].
   */
  async #run(feeds: Record<string, Tensor>, blockRows: number): Promise<InferenceSession.OnnxValueMapType> {
    const fetches =
      this.#fetches.get(blockRows) ?? Object.fromEntries(this.#outputs.map(({ from }) => [from, null]));
    this.#fetches.set(blockRows, fetches);
    const tensors = await this.#session.run(feeds, fetches);
    for (const { name, shape } of this.#info.outputs) {
      const tensor = tensors[name];
      if (tensor === undefined || fetches[name] !== null || tensor.type === 'string') continue;
      if (isOfShape(tensor.dims, shape)) fetches[name] = tensor;
    }
    return tensors;
  }
}

/** The engine's words, without what they may quote of a row: texts in quotes and numbers behind the failing node. */
function wordsOf(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure);
  const [node = '', ...said] = text.split('Status Message:');
  const words = said.join(' ').replace(/'[^']*'|"[^"]*"|\[[^\]]*\]|-?\d[\w.+-]*/g, '…');
  return `onnxruntime failed: ${node}${words}`;
}

/** True where a tensor has the shape that the graph declares; a symbolic dimension may be any. */
function isOfShape(dims: readonly number[], declared: TensorInfo['shape']): boolean {
  return (
    declared.length === dims.length && declared.every((dim, i) => typeof dim === 'string' || dim === dims[i])
  );
}

function toTensorInfo(metadata: InferenceSession.ValueMetadata): TensorInfo {
  if (!metadata.isTensor) return { name: metadata.name, type: null, shape: [] };
  // A dimension without a name is -1 here.
  const shape = metadata.shape.map((dim) => (typeof dim === 'number' && dim < 0 ? '' : dim));
  return { name: metadata.name, type: metadata.type, shape };
}
