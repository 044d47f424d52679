import { assertInvariant, isScoringError, ScoringError } from '../contract/index.js';
import { hashValue } from './hash.js';
import type { ModelFacts } from './model-facts.js';
import type { ModelPlan } from './scoring-plan.js';

/** The models as one: of several, a hash over their hashes. A tokenizer is a part of its model. */
export function buildModelPlan(models: readonly ModelFacts[], engine: string): ModelPlan {
  const [first] = models;
  assertInvariant(first !== undefined, 'a plan without a model', 'plan');
  const parts = models.map(({ name, uri, sha256 }) => ({ name, uri, sha256 }));
  const hash =
    models.length === 1
      ? identityOf(first)
      : hashValue(models.map((model) => [model.name, identityOf(model)]));
  const engines = new Set([engine, ...models.flatMap(({ tokenizer }) => tokenizer?.engine ?? [])]);
  const uri = parts.map((part) => (part.name === null ? part.uri : `${part.name} ${part.uri}`)).join(', ');
  return { uri, parts, sha256: hash, version: hash.slice(0, 12), engine: [...engines].join(', ') };
}

function identityOf({ sha256, tokenizer }: ModelFacts): string {
  return tokenizer === null ? sha256 : hashValue({ model: sha256, tokenizer: tokenizer.sha256 });
}

/** Has what one of several models cannot do say which one. */
export function namingModel<T>(name: string | null, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (name === null || !isScoringError(cause)) throw cause;
    const { code, stage, retryable, details, hint, message } = cause;
    throw new ScoringError(`model ${name}: ${message}`, {
      code,
      stage,
      retryable,
      details: { ...details, model: name },
      ...(hint === undefined ? {} : { hint }),
      cause,
    });
  }
}
