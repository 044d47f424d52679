import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isValid, type Vector, valueToText } from '../../../src/contract/index.js';
import type { FeatureSpec, ModelSpec, OutputSpec, ScoringSpec } from '../../../src/plan/scoring-spec.js';
import { WorkerPool } from '../../../src/score/pool.js';
import type { ScoredColumns, ScoringOptions } from '../../../src/score/protocol.js';
import { fixtureFile } from '../../support/fixtures.js';
import { makeVector } from '../../support/vectors.js';

const FLOAT = { kind: 'float' } as const;
const INT64 = { kind: 'int64' } as const;
const TEXT = { kind: 'text' } as const;
const FAIL = { kind: 'fail' } as const;

const PLACE: FeatureSpec = { column: 'place', index: 0, type: INT64, nulls: FAIL };
const DIGITS: FeatureSpec = { column: 'digits', index: 1, type: TEXT, nulls: FAIL };

/** The model that looks a place up and reads digits, and throws for rows that it cannot. */
function picky(place: Partial<FeatureSpec> = {}, digits: Partial<FeatureSpec> = {}): ScoringSpec {
  const models: readonly ModelSpec[] = [
    {
      tensors: [
        { input: 'place', element: 'int64', rank: 2, features: [{ ...PLACE, ...place }] },
        { input: 'digits', element: 'string', rank: 2, features: [{ ...DIGITS, ...digits }] },
      ],
      text: null,
      blockRows: 16,
    },
  ];
  return { models, outputs: [output('picked'), output('number')] };
}

function output(from: string): OutputSpec {
  return {
    column: from,
    model: 0,
    from,
    read: { kind: 'value', element: null },
    type: FLOAT,
    nonfinite: 'fail',
    range: null,
  };
}

async function scorePicky(
  spec: ScoringSpec,
  places: readonly (number | null)[],
  digits: readonly (string | null)[],
  options: ScoringOptions = {},
): Promise<ScoredColumns> {
  await using pool = await openPool('bad/picky.onnx');
  await pool.prepare(spec, options);
  const features = [makeVector(INT64, places), makeVector(TEXT, digits)];
  const key = makeVector(
    INT64,
    places.map((_, i) => 100 + i),
  );
  return await pool.score(places.length, { features, key: [key], passthrough: [] });
}

function openPool(model: string): Promise<WorkerPool> {
  const [folder = '', file = ''] = model.split('/');
  const bytes = readFileSync(fixtureFile(folder, file));
  return WorkerPool.open(Promise.resolve([{ kind: 'bytes', bytes }]), {
    size: 1,
    maxGrowthBytes: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
  });
}

function valuesOf(vectors: readonly Vector[]): readonly (readonly (number | null)[])[] {
  return vectors.map((vector) =>
    Array.from({ length: vector.length }, (_, row) =>
      isValid(vector, row) ? Number(vector.values[row]) : null,
    ),
  );
}

function rejectsOf({ rejects }: ScoredColumns): readonly unknown[] {
  if (rejects === null) return [];
  const { rows, key, feature, reason } = rejects;
  const text = (vector: Vector, row: number) => (isValid(vector, row) ? valueToText(vector, row) : null);
  return Array.from({ length: rows }, (_, row) => [
    Number(key[0]?.values[row]),
    text(feature, row),
    text(reason, row),
  ]);
}

describe('rows that the engine does not take', () => {
  const places = Array.from({ length: 40 }, (_, i) => (i === 17 ? 9 : i % 4));
  const digits = Array.from({ length: 40 }, (_, i) => (i === 3 || i === 39 ? 'x' : String(i)));

  it('are rejected, and the others get their scores', async () => {
    const scored = await scorePicky(picky(), places, digits);
    const kept = places.flatMap((_, i) => ([3, 17, 39].includes(i) ? [] : [i]));
    assert.deepEqual(valuesOf(scored.scores), [kept.map((i) => (i % 4) + 0.5), kept]);
    assert.deepEqual(rejectsOf(scored), [
      [103, null, 'engine'],
      [117, null, 'engine'],
      [139, null, 'engine'],
    ]);
    assert.deepEqual(valuesOf(scored.carried), [kept.map((i) => 100 + i)]);
    assert.equal(scored.rows, 37);
    assert.deepEqual(scored.counts, [{ feature: null, reason: 'engine', action: 'quarantine', rows: 3 }]);
  });

  it('get NULL where rejected rows are kept', async () => {
    const scored = await scorePicky(picky(), places, digits, { keepsRejects: true });
    const [picked = []] = valuesOf(scored.scores);
    assert.deepEqual(
      picked.flatMap((value, i) => (value === null ? [i] : [])),
      [3, 17, 39],
    );
    assert.equal(scored.rows, 40);
    assert.equal(scored.carried[0]?.length, 40);
    assert.equal(scored.rejects?.rejected, 3);
  });

  it('are a broken model where none of a thousand is taken', async () => {
    const bad = new Array<string>(1000).fill('x');
    await assert.rejects(
      scorePicky(
        picky(),
        bad.map(() => 0),
        bad,
      ),
      { code: 'SCORING', message: /^onnxruntime failed/ },
    );
  });

  it('may be all rows of a small chunk', async () => {
    const scored = await scorePicky(picky(), [9, 0], ['1', 'x']);
    assert.equal(scored.rows, 0);
    assert.equal(scored.rejects?.rejected, 2);
    assert.match(scored.engineError ?? '', /^onnxruntime failed/);
    assert.deepEqual(scored.hashes, { keys: 0n, values: 0n });
  });
});

describe('rows that a policy rejects', () => {
  const spec = picky(
    { nulls: { kind: 'quarantine' }, range: [0, 3] },
    {
      name: 'figures',
      nulls: { kind: 'value', value: '0' },
      allowed: { values: ['1', '2'], unseen: { kind: 'quarantine' } },
    },
  );

  it('never reach the engine, with every reason that there is', async () => {
    const scored = await scorePicky(spec, [0, null, 7, 3, 7, 1], ['1', '2', 'x', null, 'x', 'y']);
    assert.deepEqual(rejectsOf(scored), [
      [101, 'place', 'null'],
      [102, 'place', 'range'],
      [104, 'place', 'range'],
      [102, 'figures', 'unseen'],
      [104, 'figures', 'unseen'],
      [105, 'figures', 'unseen'],
    ]);
    assert.equal(scored.rejects?.rejected, 4);
    assert.deepEqual(valuesOf(scored.scores), [
      [0.5, 3.5],
      [1, 0],
    ]);
    assert.deepEqual(scored.counts, [
      { feature: 'figures', reason: 'null', action: 'value', rows: 1 },
      { feature: 'place', reason: 'null', action: 'quarantine', rows: 1 },
      { feature: 'place', reason: 'range', action: 'quarantine', rows: 2 },
      { feature: 'figures', reason: 'unseen', action: 'quarantine', rows: 3 },
    ]);
  });

  it('make the hashes those of the rows that are left', async () => {
    const mixed = await scorePicky(spec, [0, 7, 3], ['1', '1', '2']);
    await using pool = await openPool('bad/picky.onnx');
    await pool.prepare(spec);
    const features = [makeVector(INT64, [0, 3]), makeVector(TEXT, ['1', '2'])];
    const alone = await pool.score(2, { features, key: [makeVector(INT64, [100, 102])], passthrough: [] });
    assert.deepEqual(mixed.hashes, alone.hashes);
    assert.deepEqual(mixed.scores, alone.scores);
  });

  it('are counted and passed on, or replaced, where the policy says so', async () => {
    const unseen = (kind: 'pass' | 'value') =>
      picky({}, { allowed: { values: ['1'], unseen: kind === 'pass' ? { kind } : { kind, value: '-5' } } });
    const passed = await scorePicky(unseen('pass'), [0, 0, 0], ['1', '2', '3']);
    assert.deepEqual(valuesOf(passed.scores)[1], [1, 2, 3]);
    assert.deepEqual(passed.counts, [{ feature: 'digits', reason: 'unseen', action: 'pass', rows: 2 }]);
    const replaced = await scorePicky(unseen('value'), [0, 0, 0], ['1', '2', '3']);
    assert.deepEqual(valuesOf(replaced.scores)[1], [1, -5, -5]);
    assert.deepEqual(replaced.counts, [{ feature: 'digits', reason: 'unseen', action: 'value', rows: 2 }]);
  });

  it('do not save a run from a NULL under nulls: fail', async () => {
    await assert.rejects(scorePicky(picky({ nulls: { kind: 'quarantine' } }), [null, 1], [null, '1']), {
      code: 'BAD_FEATURES',
      message: 'feature "digits" is NULL in 1 rows of a chunk, and its policy is nulls: fail',
    });
  });
});

describe('scores', () => {
  const WIDTH = 20;
  const ROWS = 700;

  for (const model of ['linear', 'lightgbm']) {
    it(`have the same bits whatever rows were rejected beside them (${model})`, async () => {
      const features = Array.from({ length: WIDTH }, (_, index) => ({
        column: `f${index}`,
        index,
        type: FLOAT,
        nulls: FAIL,
        ...(index === 0 ? { range: [-0.9, 0.9] as const } : {}),
      }));
      const spec: ScoringSpec = {
        models: [
          {
            tensors: [{ input: 'features', element: 'float32', rank: 2, features }],
            text: null,
            blockRows: 256,
          },
        ],
        outputs: [output('variable')],
      };
      const free = { ...spec, models: spec.models.map((each) => withoutRanges(each)) };
      const columns = () => {
        const vectors = features.map(({ index }) =>
          makeVector(
            FLOAT,
            Array.from({ length: ROWS }, (_, row) => Math.sin(row * WIDTH + index)),
          ),
        );
        const key = makeVector(
          INT64,
          Array.from({ length: ROWS }, (_, row) => row),
        );
        return { features: vectors, key: [key], passthrough: [] };
      };
      await using pool = await openPool(`${model}/model.onnx`);
      await pool.prepare(free);
      const whole = await pool.score(ROWS, columns());
      await pool.prepare(spec);
      const cut = await pool.score(ROWS, columns());
      assert.ok(cut.rows > 100 && cut.rows < ROWS - 100, String(cut.rows));
      const rows = Array.from(valuesOf(cut.carried)[0] ?? [], Number);
      const expected = Float32Array.from(rows, (row) => Number(whole.scores[0]?.values[row]));
      assert.deepEqual(cut.scores[0]?.values, expected);
    });
  }
});

function withoutRanges(model: ModelSpec): ModelSpec {
  return {
    ...model,
    tensors: model.tensors.map((tensor) => ({
      ...tensor,
      features: tensor.features.map(({ range: _, ...feature }) => feature),
    })),
  };
}
