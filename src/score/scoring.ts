import { env } from 'onnxruntime-node';
import { assertInvariant, ScoringError, type Vector } from '../contract/index.js';
import type { ModelSource } from '../plan/model-facts.js';
import type { OutputSpec, ScoringSpec } from '../plan/scoring-spec.js';
import type { ScoredOutput } from './outputs/column.js';
import type { Probe, Probes, WorkerInfo } from './protocol.js';
import { Session } from './session.js';

/** The models of a target, each in a session of its own, scored one after another over the same columns. */
export class Scoring {
  readonly #sessions: readonly Session[];
  #outputs: readonly OutputSpec[] = [];

  private constructor(sessions: readonly Session[]) {
    this.#sessions = sessions;
  }

  /** @throws MODEL_INVALID with `details.model`, the place of the model that onnxruntime does not take */
  static async open(models: readonly ModelSource[]): Promise<Scoring> {
    const sessions: Session[] = [];
    for (const [model, source] of models.entries()) {
      sessions.push(
        await Session.open(source).catch((cause: unknown) => {
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

  async probe(): Promise<Probes> {
    const models: (Probe | null)[] = [];
    for (const session of this.#sessions) models.push(await session.probe().catch(() => null));
    return { models };
  }

  prepare({ models, outputs }: ScoringSpec): void {
    this.#outputs = outputs;
    for (const [i, spec] of models.entries()) {
      this.#sessions[i]?.prepare(
        spec,
        outputs.filter(({ model }) => model === i),
      );
    }
  }

  /** Scores a chunk: the prediction columns in their order. */
  async score(rows: number, columns: readonly Vector[]): Promise<readonly ScoredOutput[]> {
    const scored: (readonly ScoredOutput[])[] = [];
    for (const session of this.#sessions) scored.push(await session.score(rows, columns));
    const next = scored.map((outputs) => outputs.values());
    return this.#outputs.map(({ model }) => {
      const output = next[model]?.next().value;
      assertInvariant(output !== undefined, 'an output without its scores', 'score');
      return output;
    });
  }
}
