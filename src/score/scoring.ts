import { env } from 'onnxruntime-node';
import { assertInvariant, isScoringError, ScoringError, type Vector } from '../contract/index.js';
import { FeatureContract } from '../features/contract.js';
import type { Replaced } from '../features/pack.js';
import type { Thresholds, WorkerModel } from '../plan/model-facts.js';
import type { OutputSpec, ScoringSpec } from '../plan/scoring-spec.js';
import type { ScoredOutput } from './outputs/column.js';
import type {
  Probe,
  Probes,
  TokenizerInfo,
  TokenizerSource,
  TokenizersInfo,
  WorkerInfo,
} from './protocol.js';
import { Session, type SessionScores } from './session.js';

/** The models of a target, each in a session of its own, scored one after another over the same columns. */
export class Scoring {
  readonly #sessions: readonly Session[];
  #outputs: readonly OutputSpec[] = [];
  #contract: FeatureContract | null = null;

  private constructor(sessions: readonly Session[]) {
    this.#sessions = sessions;
  }

  /** @throws MODEL_INVALID with `details.model`, the place of the model that onnxruntime does not take */
  static async open(models: readonly WorkerModel[]): Promise<Scoring> {
    const sessions: Session[] = [];
    for (const [model, source] of models.entries()) {
      sessions.push(
        await Session.open(source).catch((cause: unknown) => {
          if (isScoringError(cause)) throw cause;
          const message = cause instanceof Error ? cause.message : String(cause);
          throw new ScoringError(message, {
            code: 'MODEL_INVALID',
            stage: 'model',
            details: { model },
            cause,
          });
        }),
      );
    }
    return new Scoring(sessions);
  }

  info(): WorkerInfo {
    return {
      models: this.#sessions.map((session) => session.info()),
      engineVersion: `onnxruntime-node ${env.versions.node ?? 'unknown'}`,
    };
  }

  /** @throws MODEL_INVALID with `details.tokenizer`, the place of the model whose tokenizer cannot be read */
  async openTokenizers(sources: readonly (TokenizerSource | null)[]): Promise<TokenizersInfo> {
    const tokenizers: (TokenizerInfo | null)[] = [];
    for (const [i, source] of sources.entries()) {
      const opening = source === null ? null : this.#sessions[i]?.openTokenizer(source);
      tokenizers.push((await opening?.catch((cause: unknown) => refuseTokenizer(i, cause))) ?? null);
    }
    return { tokenizers };
  }

  async probe(): Promise<Probes> {
    const models: (Probe | null)[] = [];
    for (const session of this.#sessions) models.push(await session.probe().catch(() => null));
    return { models };
  }

  /** @param thresholds of each model */
  prepare(spec: ScoringSpec, thresholds: readonly Readonly<Record<string, Thresholds>>[]): void {
    this.#outputs = spec.outputs;
    this.#contract = new FeatureContract(spec, thresholds);
    for (const [i, model] of spec.models.entries()) {
      this.#sessions[i]?.prepare(
        model,
        spec.outputs.filter((output) => output.model === i),
      );
    }
  }

  /** What the target says of its features' values. */
  get contract(): FeatureContract {
    assertInvariant(this.#contract !== null, 'a chunk came before its spec', 'score');
    return this.#contract;
  }

  /** Scores rows: the prediction columns in their order, or the rows that the first model to refuse some does not take. */
  async score(
    rows: number,
    columns: readonly Vector[],
    replaced: ReadonlyMap<string, Replaced>,
  ): Promise<SessionScores> {
    const scored: (readonly ScoredOutput[])[] = [];
    for (const session of this.#sessions) {
      const found = await session.score(rows, columns, replaced);
      if (found.kind === 'failed') return found;
      scored.push(found.outputs);
    }
    const next = scored.map((outputs) => outputs.values());
    const outputs = this.#outputs.map(({ model }) => {
      const output = next[model]?.next().value;
      assertInvariant(output !== undefined, 'an output without its scores', 'score');
      return output;
    });
    return { kind: 'scored', outputs };
  }
}

function refuseTokenizer(tokenizer: number, cause: unknown): never {
  const message = cause instanceof Error ? cause.message : String(cause);
  throw new ScoringError(message, { code: 'MODEL_INVALID', stage: 'model', details: { tokenizer }, cause });
}
