import { parentPort, workerData } from 'node:worker_threads';
import { assertInvariant, buffersOf, isScoringError } from '../contract/index.js';
import { RowHasher } from '../hash/row-hasher.js';
import type { Request, Response, ScoredColumns, WorkerFailure } from './protocol.js';
import { Scoring } from './scoring.js';

assertInvariant(parentPort !== null, 'score/worker runs only as a worker thread', 'score');
const port = parentPort;
const stop = workerData as Int32Array;
const hasher = new RowHasher();
let scoring: Scoring | null = null;
/** One request at a time, in order: a native run blocks this thread anyway. */
let turn: Promise<void> = Promise.resolve();

port.on('message', (request: Request) => {
  turn = turn.then(() => answer(request));
});

async function answer(request: Request): Promise<void> {
  try {
    const value = await handle(request);
    const transfer = value !== null && 'scores' in value ? memoryOf(value) : [];
    port.postMessage({ id: request.id, ok: true, value } satisfies Response, transfer);
  } catch (error) {
    port.postMessage({ id: request.id, ok: false, failure: toFailure(error) } satisfies Response);
  }
  if (request.kind === 'close') port.close();
}

async function handle(request: Request): Promise<Extract<Response, { ok: true }>['value']> {
  if (request.kind === 'open') {
    scoring = await Scoring.open(request.models);
    return scoring.info();
  }
  if (request.kind === 'close') {
    await scoring?.close();
    return null;
  }
  assertInvariant(scoring !== null, `${request.kind} before open`, 'score');
  switch (request.kind) {
    case 'probe':
      return scoring.probe();
    case 'prepare':
      scoring.prepare(request.spec);
      return null;
    case 'score':
      return score(scoring, request);
  }
}

async function score(
  to: Scoring,
  { rows, columns, moved }: Extract<Request, { kind: 'score' }>,
): Promise<ScoredColumns> {
  const { features, key, passthrough } = columns;
  const scores = await to.score(rows, features, () => Atomics.load(stop, 0) !== 0);
  const hashes = hasher.hashSets(rows, key, [...passthrough, ...scores]);
  const carried = [...key, ...passthrough];
  const kept = new Set(carried.flatMap(buffersOf));
  return { carried, scores, hashes, returned: moved.filter((buffer) => !kept.has(buffer)) };
}

/** All memory of an answer, which goes back with it. */
function memoryOf({ carried, scores, returned }: ScoredColumns): ArrayBuffer[] {
  return [...new Set([...carried, ...scores].flatMap(buffersOf)), ...returned];
}

function toFailure(error: unknown): WorkerFailure {
  if (isScoringError(error)) {
    const { code, stage, message, details, retryable } = error;
    return {
      code,
      stage,
      message,
      details,
      retryable,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  const text = error instanceof Error ? error.message : String(error);
  return { code: 'SCORING', stage: 'score', message: `onnxruntime failed: ${text}` };
}
