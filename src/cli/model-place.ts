import { findUriFault, type ModelPlace, showUri, toModelPlace } from '../config/index.js';
import { ScoringError } from '../contract/index.js';

/** A model that an argument names. */
export interface NamedModel {
  readonly place: ModelPlace;
  /** What messages call it. */
  readonly uri: string;
}

/**
 * The model of an argument: a path, or an address. Whoever types an address need not have listed its host.
 *
 * @throws USAGE
 */
export function toNamedModel(argument: string, cwd: string): NamedModel {
  const fault = findUriFault(argument);
  if (fault === null) return { place: toModelPlace(argument, cwd, false), uri: showUri(argument) };
  throw new ScoringError(`model: ${fault.message}`, {
    code: 'USAGE',
    stage: 'cli',
    hint: `Expected ${fault.expected}.`,
  });
}
