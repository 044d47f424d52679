import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isScoringError, ScoringError } from '../contract/index.js';
import type { GraphFacts } from '../plan/model-facts.js';
import { buildGraphFacts } from './graph-facts.js';
import { readModel } from './read-model.js';

/** A model's bytes, read once and kept for the run. */
export interface ModelArtifact {
  readonly uri: string;
  readonly bytes: Uint8Array;
  /** sha-256 in hex over the file. */
  readonly sha256: string;
  readonly facts: GraphFacts;
}

/**
 * Reads a model file, checks its pin and reads its graph.
 *
 * @throws MODEL_INVALID when the file is missing, empty, not the one that `model.sha256` names, or no model
 */
export async function loadModel(uri: string, path: string, pin: string | undefined): Promise<ModelArtifact> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new ScoringError(
      `model ${uri}: ${cause.code === 'ENOENT' ? 'no such file' : `cannot be read (${cause.code})`}`,
      {
        code: 'MODEL_INVALID',
        stage: 'model',
        details: { uri },
        hint: 'Check model.uri; a relative path starts at the project folder.',
        cause,
      },
    );
  });
  if (bytes.length === 0)
    throw new ScoringError(`model ${uri}: the file is empty`, {
      code: 'MODEL_INVALID',
      stage: 'model',
      details: { uri },
      hint: 'Its export or copy was cut short: make it again.',
    });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (pin !== undefined && pin.toLowerCase() !== sha256) {
    throw new ScoringError(`model ${uri}: its sha256 is ${sha256}, the target pins ${pin}`, {
      code: 'MODEL_INVALID',
      stage: 'model',
      details: { uri, sha256, pin },
      hint: 'The file has changed since it was pinned: restore it, or pin the new one after a review.',
    });
  }
  return { uri, bytes, sha256, facts: buildFacts(uri, bytes) };
}

function buildFacts(uri: string, bytes: Uint8Array): GraphFacts {
  try {
    return buildGraphFacts(readModel(bytes));
  } catch (cause) {
    throw nameFile(uri, cause);
  }
}

/** Who reads bytes does not know whose they are. */
function nameFile(uri: string, cause: unknown): unknown {
  if (!isScoringError(cause) || cause.code !== 'MODEL_INVALID') return cause;
  const { code, stage, hint } = cause;
  return new ScoringError(`model ${uri}: ${cause.message}`, {
    code,
    stage,
    details: { uri },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
