import { assertInvariant, isScoringError, type Vector } from '../contract/index.js';
import { takeRows } from '../features/take-rows.js';
import { RowHasher } from '../hash/row-hasher.js';
import { readVectors, writeVectors } from './chunk-file.js';
import {
  CHUNK_FD,
  type Request,
  type Response,
  type ScoreAnswer,
  type ScoreRequest,
  type WorkerFailure,
} from './protocol.js';
import { scoreChunk } from './score-chunk.js';
import { Scoring } from './scoring.js';

assertInvariant(process.send !== undefined, 'score/worker runs only as a worker process', 'score');
const hasher = new RowHasher();
let scoring: Scoring | null = null;
let keepsRejects = false;
/** Where chunks are read to, one after another. */
let memory = new ArrayBuffer(0);
/** One request at a time, in order: a native run blocks this thread anyway. */
let turn: Promise<void> = Promise.resolve();

process.on('message', (request: Request) => {
  turn = turn.then(() => answer(request));
});
// Ctrl-C reaches the whole group of processes, and the parent decides what becomes of a chunk.
process.on('SIGINT', () => undefined);

async function answer(request: Request): Promise<void> {
  const { id } = request;
  try {
    send({ id, ok: true, value: await handle(request) });
  } catch (error) {
    send({ id, ok: false, failure: toFailure(error) });
  }
}

function send(response: Response): void {
  process.send?.(response);
}

async function handle(request: Request): Promise<Extract<Response, { ok: true }>['value']> {
  if (request.kind === 'open') {
    scoring = await Scoring.open(request.models);
    return scoring.info();
  }
  assertInvariant(scoring !== null, `${request.kind} before open`, 'score');
  switch (request.kind) {
    case 'tokenizers':
      return scoring.openTokenizers(request.tokenizers);
    case 'probe':
      return scoring.probe();
    case 'prepare':
      scoring.prepare(request.spec, request.options.thresholds ?? []);
      keepsRejects = request.options.keepsRejects ?? false;
      return null;
    case 'score':
      return score(scoring, request);
  }
}

async function score(to: Scoring, request: ScoreRequest): Promise<ScoreAnswer> {
  const { rows, slot, packed } = request;
  if (memory.byteLength < packed.bytes) memory = new ArrayBuffer(packed.bytes);
  const vectors = readVectors(CHUNK_FD, slot, packed, memory);
  const pick = (places: readonly number[]) => places.map((place) => vectors[place] as Vector);
  const given = { rows, features: pick(request.features), crashing: request.crashing };
  const { scores, kept, ...told } = await scoreChunk(to, given, keepsRejects);
  const loaded = (places: readonly number[]) =>
    kept === null ? pick(places) : pick(places).map((vector) => takeRows(vector, kept));
  const hashes = hasher.hashSets(kept?.length ?? rows, loaded(request.key), [
    ...loaded(request.passthrough),
    ...scores,
  ]);
  return {
    packed: writeVectors(CHUNK_FD, slot, scores),
    hashes,
    ...told,
    isCut: kept !== null,
    memoryBytes: process.memoryUsage.rss(),
  };
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
