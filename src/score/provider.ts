import { type InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { ScoringError } from '../contract/index.js';
import type { Provider } from '../plan/model-facts.js';

/** What onnxruntime says where the libraries of a provider that it knows are not there. */
const NOT_LOADED = /ExecutionProvider_|providers_shared|load (shared )?library/i;

/**
 * The session's option. No second provider stands behind it: scores from the processor where somebody asked for another
 * would be a surprise.
 *
 * @throws ENVIRONMENT where this build of onnxruntime has no such provider
 */
export function toProviders(provider: Provider): InferenceSession.ExecutionProviderConfig[] {
  const names = listSupportedBackends().map(({ name }) => name);
  if (provider !== 'cpu' && !names.includes(provider)) {
    throw missing(provider, `this onnxruntime has ${names.join(', ')}`, undefined);
  }
  return [provider];
}

/** Tells a provider whose libraries are missing from a model that cannot be opened. */
export function nameProvider(provider: Provider, cause: unknown): unknown {
  const message = cause instanceof Error ? cause.message : String(cause);
  return provider !== 'cpu' && NOT_LOADED.test(message) ? missing(provider, message, cause) : cause;
}

function missing(provider: Provider, why: string, cause: unknown): ScoringError {
  return new ScoringError(`model.provider: ${provider} is not there (${why})`, {
    code: 'ENVIRONMENT',
    stage: 'model',
    details: { provider },
    hint: 'Leave model.provider out to score on the processor, or install what the provider needs on this machine.',
    cause,
  });
}
