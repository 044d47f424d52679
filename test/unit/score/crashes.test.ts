import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import type { Vector } from '../../../src/contract/index.js';
import type { ScoringSpec } from '../../../src/plan/scoring-spec.js';
import { WorkerPool } from '../../../src/score/pool.js';
import type { ChunkColumns } from '../../../src/score/protocol.js';
import { WorkerHandle } from '../../../src/score/worker-handle.js';
import {
  CRASHES,
  CRASHES_ONCE,
  CRASHING_WORKER,
  crashMarker,
  GROWS,
} from '../../support/crashing-worker-values.js';
import { fixtureFile } from '../../support/fixtures.js';
import { makeVector } from '../../support/vectors.js';

const FLOAT = { kind: 'float' } as const;
const WIDTH = 20;
const ROWS = 300;

afterEach(() => rmSync(crashMarker(process.pid), { force: true }));

describe('a worker whose engine goes down', () => {
  it('is replaced, and both its chunks get their scores', async () => {
    await using pool = await openCrashing(1);
    const clean = await pool.score(ROWS, newChunk());
    const both = await Promise.all([
      pool.score(ROWS, newChunk({ 17: CRASHES_ONCE })),
      pool.score(ROWS, newChunk()),
    ]);
    assert.equal(pool.report.crashed, 1);
    assert.deepEqual(both[1]?.scores, clean.scores);
    assert.deepEqual(both[1]?.hashes, clean.hashes);
    assert.equal(both[0]?.scores[0]?.length, ROWS);
  });

  it('costs only the rows that bring it down, which are rejected', async () => {
    await using pool = await openCrashing(1);
    const clean = await pool.score(ROWS, newChunk());
    const scored = await pool.score(ROWS, newChunk({ 17: CRASHES, 200: CRASHES }));
    assert.equal(scored.rejects?.rejected, 2);
    assert.deepEqual([...(scored.rejects?.key[0]?.values ?? [])], [17n, 200n]);
    assert.deepEqual(scored.counts, [{ feature: null, reason: 'engine', action: 'quarantine', rows: 2 }]);
    const others = (_: unknown, row: number) => row !== 17 && row !== 200;
    assert.deepEqual(scored.scores[0]?.values, clean.scores[0]?.values.filter(others as never));
  });

  it('is replaced when its memory has grown, at no cost to scores', async () => {
    await using pool = await openCrashing(1, 64 * 1024 ** 2);
    const clean = await pool.score(ROWS, newChunk());
    const grown = newChunk({ 3: GROWS });
    const first = await pool.score(ROWS, grown);
    for (let i = 0; i < 6; i++) await pool.score(ROWS, grown);
    const { recycled, crashed, peakBytes } = pool.report;
    assert.ok(recycled >= 1, `${recycled} workers were recycled`);
    assert.equal(crashed, 0);
    assert.ok(peakBytes > 64 * 1024 ** 2, `peak ${peakBytes}`);
    assert.deepEqual((await pool.score(ROWS, grown)).scores, first.scores);
    assert.deepEqual((await pool.score(ROWS, newChunk())).scores, clean.scores);
  });

  it('ends at once when the signal fires, whatever it is at', async () => {
    const controller = new AbortController();
    await using pool = await openCrashing(1, Number.POSITIVE_INFINITY, controller.signal);
    const scoring = pool.score(ROWS, newChunk());
    controller.abort();
    await assert.rejects(scoring, { code: 'SCORING' });
  });
});

async function openCrashing(
  size: number,
  maxGrowthBytes = Number.POSITIVE_INFINITY,
  signal = new AbortController().signal,
): Promise<WorkerPool> {
  const models = Promise.resolve([
    { kind: 'bytes', bytes: readFileSync(fixtureFile('linear', 'model.onnx')) } as const,
  ]);
  const starting = Array.from({ length: size }, () => new WorkerHandle(CRASHING_WORKER));
  const pool = await WorkerPool.open(models, { size, starting, maxGrowthBytes, signal });
  await pool.prepare(SPEC);
  return pool;
}

const SPEC: ScoringSpec = {
  models: [
    {
      tensors: [
        {
          input: 'features',
          element: 'float32',
          rank: 2,
          features: Array.from({ length: WIDTH }, (_, index) => ({
            column: `f${index}`,
            index,
            type: FLOAT,
            nulls: { kind: 'fail' } as const,
          })),
        },
      ],
      text: null,
      blockRows: 64,
    },
  ],
  outputs: [
    {
      column: 'y',
      model: 0,
      from: 'variable',
      read: { kind: 'value', element: null },
      type: FLOAT,
      nonfinite: 'fail',
      range: null,
    },
  ],
};

/** A chunk whose first feature has the given values in the given rows. */
function newChunk(special: Readonly<Record<number, number>> = {}): ChunkColumns {
  const features = Array.from({ length: WIDTH }, (_, i): Vector => {
    const values = Float32Array.from({ length: ROWS }, (_value, row) => Math.sin(row * WIDTH + i));
    if (i === 0) for (const [row, value] of Object.entries(special)) values[Number(row)] = value;
    return { type: FLOAT, length: ROWS, values, validity: null };
  });
  const key = makeVector(
    { kind: 'int64' },
    Array.from({ length: ROWS }, (_, row) => row),
  );
  return { features, key: [key], passthrough: [] };
}
