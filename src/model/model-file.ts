import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ScoringError } from '../contract/index.js';

/** Protobuf's own limit: weights beyond it are kept in files of their own. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Reads a model's file, once.
 *
 * @throws MODEL_INVALID when it is missing, no file, empty or larger than a model can be
 */
export async function readModelFile(path: string): Promise<Uint8Array> {
  // Not waiting: a pipe would have nobody at its other end.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(unreadable);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw invalid('it is no file', 'Check model.uri.');
    if (stat.size === 0)
      throw invalid('the file is empty', 'Its export or copy was cut short: make it again.');
    if (stat.size > MAX_BYTES) {
      throw invalid(
        'the file is larger than 2 GB, which no ONNX file can be',
        'Export it with its weights in a file of their own, and say external_data: true.',
      );
    }
    const { buffer, byteOffset, length } = await file.readFile().catch(unreadable);
    // Not as a Buffer: a view of one costs more, and one is made for each message.
    return new Uint8Array(buffer, byteOffset, length);
  } finally {
    await file.close();
  }
}

function unreadable(cause: NodeJS.ErrnoException): never {
  throw invalid(
    cause.code === 'ENOENT' ? 'no such file' : `cannot be read (${cause.code})`,
    'Check model.uri; a relative path starts at the project folder.',
    cause,
  );
}

function invalid(what: string, hint: string, cause?: unknown): ScoringError {
  return new ScoringError(what, { code: 'MODEL_INVALID', stage: 'model', hint, cause });
}
