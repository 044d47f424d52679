import { ScoringError } from '../contract/index.js';

/**
 * Refuses a model that is not the one the target pins.
 *
 * @throws MODEL_INVALID
 */
export function assertPin(sha256: string, pin: string | undefined): void {
  if (pin === undefined || pin.toLowerCase() === sha256) return;
  throw new ScoringError(`its sha256 is ${sha256}, the target pins ${pin}`, {
    code: 'MODEL_INVALID',
    stage: 'model',
    details: { sha256, pin },
    hint: 'The file has changed since it was pinned: restore it, or pin the new one after a review.',
  });
}
