import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type CutModel, cutModel } from '../../src/model/cut.js';
import { buildGraphFacts } from '../../src/model/graph-facts.js';
import type { OnnxModel } from '../../src/model/onnx.js';
import { readModel } from '../../src/model/read-model.js';
import type { GraphFacts } from '../../src/plan/model-facts.js';
import { fixtureFile } from './fixtures.js';

/** A model as `loadModel` would make it of these bytes. */
export interface Loaded {
  readonly model: OnnxModel;
  readonly cut: CutModel;
  readonly facts: GraphFacts;
}

export function loadBytes(bytes: Uint8Array): Loaded {
  const model = readModel(bytes);
  const cut = cutModel(bytes, model);
  return { model, cut, facts: buildGraphFacts(model, cut) };
}

export function readFixture(...names: readonly [string, string]): Uint8Array {
  return readFileSync(fixtureFile(...names));
}

/** What the model gives for one matrix of made-up rows, by output. */
export async function scoreMatrix(
  bytes: Uint8Array,
  columns: number,
  rows = 64,
): Promise<ReadonlyMap<string, Tensor>> {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const [input] = session.inputNames;
    const values = Float32Array.from({ length: rows * columns }, (_, i) => 15 + ((i * 7919) % 400) / 8);
    const outputs = await session.run({ [input ?? '']: new Tensor('float32', values, [rows, columns]) });
    return new Map(Object.entries(outputs));
  } finally {
    await session.release();
  }
}
