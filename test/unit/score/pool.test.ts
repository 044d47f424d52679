import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Vector } from '../../../src/contract/index.js';
import { RowHasher } from '../../../src/hash/row-hasher.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import type { ModelSource } from '../../../src/plan/model-facts.js';
import type { ScoringSpec } from '../../../src/plan/scoring-spec.js';
import { WorkerPool } from '../../../src/score/pool.js';
import type { ChunkColumns } from '../../../src/score/protocol.js';
import { makeVector } from '../../support/vectors.js';

const FLOAT = { kind: 'float' } as const;

function readModel(name: string): Promise<readonly ModelSource[]> {
  const bytes = readFileSync(join(PACKAGE_ROOT, 'test', 'fixtures', name));
  return Promise.resolve([{ kind: 'bytes', bytes }]);
}

function openPool(models: Promise<readonly ModelSource[]>, size: number): Promise<WorkerPool> {
  const { signal } = new AbortController();
  return WorkerPool.open(models, { size, maxGrowthBytes: Number.POSITIVE_INFINITY, signal });
}

function specOf(blockRows: number): ScoringSpec {
  const features = Array.from({ length: 20 }, (_, index) => ({
    column: `f${index}`,
    index,
    type: FLOAT,
    nulls: { kind: 'fail' } as const,
  }));
  const output = {
    column: 'y',
    model: 0,
    from: 'variable',
    read: { kind: 'value', element: null },
    type: FLOAT,
    nonfinite: 'fail',
    range: null,
  } as const;
  return {
    models: [
      { tensors: [{ input: 'features', element: 'float32', rank: 2, features }], text: null, blockRows },
    ],
    outputs: [output],
  };
}

function newColumns(rows: number): ChunkColumns & { readonly features: Vector[] } {
  const features = Array.from({ length: 20 }, (_, i) => ({
    type: FLOAT,
    length: rows,
    values: Float32Array.from({ length: rows }, (_value, row) => Math.sin(row * 20 + i)),
    validity: null,
  }));
  const key = makeVector(
    { kind: 'int64' },
    Array.from({ length: rows }, (_, row) => row),
  );
  return { features, key: [key], passthrough: [] };
}

describe('WorkerPool', () => {
  it('tells the inputs, outputs and engine of a model', async () => {
    await using pool = await openPool(readModel('lightgbm/model.onnx'), 1);
    assert.deepEqual(
      pool.info.models[0]?.inputs.map(({ name, type }) => [name, type]),
      [['features', 'float32']],
    );
    assert.deepEqual(
      pool.info.models[0]?.outputs.map(({ name, type }) => [name, type]),
      [['variable', 'float32']],
    );
    assert.match(pool.info.engineVersion, /^onnxruntime-node 1\.30\.0$/);
  });

  it('refuses a broken model with MODEL_INVALID', async () => {
    await assert.rejects(openPool(readModel('bad/corrupt.onnx'), 2), { code: 'MODEL_INVALID' });
  });

  it('gives the same bits on every worker and for every block size', async () => {
    const scoreWith = async (blockRows: number, workers: number) => {
      await using pool = await openPool(readModel('lightgbm/model.onnx'), workers);
      await pool.prepare(specOf(blockRows));
      const all = await Promise.all([1, 2, 3].map(() => pool.score(1000, newColumns(1000))));
      return all.map(({ scores }) => String(scores[0]?.values));
    };
    const [one, two, three] = await scoreWith(4096, 2);
    assert.equal(one, two);
    assert.equal(one, three);
    assert.equal((await scoreWith(7, 1))[0], one);
  });

  it('gives back what predictions carry along, and the memory of the other columns', async () => {
    await using pool = await openPool(readModel('linear/model.onnx'), 1);
    await pool.prepare(specOf(64));
    const columns = newColumns(100);
    const both = columns.features[3] as Vector;
    const values = String(both.values);
    const { returned, carried } = await pool.score(100, { ...columns, passthrough: [both] });
    assert.deepEqual(
      carried.map((vector) => String(vector.values)),
      [String(newColumns(100).key[0]?.values), values],
    );
    assert.deepEqual(
      returned.map(({ byteLength }) => byteLength),
      Array(19).fill(400),
    );
  });

  it('gives the hashes of key, passthrough and scores', async () => {
    await using pool = await openPool(readModel('linear/model.onnx'), 1);
    await pool.prepare(specOf(64));
    const note = makeVector(
      { kind: 'text' },
      Array.from({ length: 100 }, (_, row) => (row % 3 === 0 ? null : `n${row}`)),
    );
    const { hashes, carried, scores } = await pool.score(100, { ...newColumns(100), passthrough: [note] });
    assert.deepEqual(
      hashes,
      new RowHasher().hashSets(100, carried.slice(0, 1), [...carried.slice(1), ...scores]),
    );
    assert.notEqual(hashes.keys, hashes.values);
  });

  it('counts the NULLs of a feature that may have none', async () => {
    await using pool = await openPool(readModel('linear/model.onnx'), 1);
    await pool.prepare(specOf(64));
    const columns = newColumns(16);
    columns.features[3] = {
      ...(columns.features[3] as Vector),
      validity: Uint8Array.of(0b1111_1101, 0b0111_1111),
    };
    await assert.rejects(pool.score(16, columns), (error: { code?: string; details?: unknown }) => {
      assert.equal(error.code, 'BAD_FEATURES');
      assert.deepEqual(error.details, { column: 'f3', nulls: 2 });
      return true;
    });
  });
});
