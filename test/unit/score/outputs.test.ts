import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isValid, type Vector, valueToText } from '../../../src/contract/index.js';
import type { OutputFaults } from '../../../src/plan/output-faults.js';
import type { OutputSpec } from '../../../src/plan/scoring-spec.js';
import { findWidth } from '../../../src/score/outputs/block.js';
import { newGathering } from '../../../src/score/outputs/gather.js';

const FLOAT = { kind: 'float' } as const;
const TEXT = { kind: 'text' } as const;
const { NaN: NAN, POSITIVE_INFINITY: INFINITY } = Number;
const CLASS_LABELS = { type: 'text', values: ['red', 'green', 'blue'] } as const;

/** Rows of a block; the last block of a chunk is padded. */
const BLOCK = 4;

describe('a value', () => {
  it('is the element of its class, without the padding', () => {
    const rows = [1, 2, 3, 4, 5, 6].map((i) => [i, i / 10]);
    assert.deepEqual(
      take(rows, { read: { kind: 'value', element: 1 } }).texts,
      toFloats(rows.map(([, x]) => x)),
    );
  });

  it('is what Platt makes of it, in double and rounded once', () => {
    const scores = [-3.7, 0, 0.25, 1e6, -1e6, NAN];
    const correct = (x: number) => 1 / (1 + Math.exp(-1.7 * x + 0.3));
    const { texts } = take(column(scores), {
      read: { kind: 'value', element: null, sigmoid: [-1.7, 0.3] },
    });
    assert.deepEqual(texts, toFloats(scores.map((x) => correct(Math.fround(x)))));
  });

  it('of a double stays one', () => {
    const { texts } = take(column([0.1, 0.2]), {
      type: { kind: 'double' },
      read: { kind: 'value', element: null, sigmoid: [-1, 0] },
      double: true,
    });
    assert.deepEqual(texts, [String(1 / (1 + Math.exp(-0.1))), String(1 / (1 + Math.exp(-0.2)))]);
  });

  it('that is no number is kept, or NULL', () => {
    const rows = column([1, NAN, -INFINITY]);
    const read = { kind: 'value', element: null } as const;
    assert.deepEqual(take(rows, { read, nonfinite: 'keep' }).texts, ['1', 'NaN', '-Infinity']);
    assert.deepEqual(take(rows, { read, nonfinite: 'null' }).texts, ['1', null, null]);
  });
});

describe('an array', () => {
  const spec = {
    read: { kind: 'array' },
    type: { kind: 'array', element: 'float', length: 2 },
  } as const;
  const rows = [
    [1, -0],
    [NAN, 2],
    [3, 4],
    [5, INFINITY],
    [7, 8],
  ];

  it('holds all elements of a row', () => {
    const { texts, faults } = take(rows, { ...spec, nonfinite: 'keep' });
    assert.deepEqual(texts, ['[1, 0]', '[NaN, 2]', '[3, 4]', '[5, Infinity]', '[7, 8]']);
    assert.equal(faults.nonfinite, 0);
  });

  it('keeps the sign of a zero', () => {
    const { vector } = take(rows, { ...spec, nonfinite: 'keep' });
    assert.ok(Object.is(vector.values[1], -0));
  });

  it('is counted once, however many of its elements are no numbers', () => {
    assert.equal(take([[NAN, NAN], ...rows], { ...spec, nonfinite: 'fail' }).faults.nonfinite, 3);
  });

  it('is NULL as a whole where that is the policy', () => {
    const { texts, faults } = take(rows, { ...spec, nonfinite: 'null' });
    assert.deepEqual(texts, ['[1, 0]', null, '[3, 4]', null, '[7, 8]']);
    assert.equal(faults.nonfinite, 0);
  });
});

describe('a threshold', () => {
  const spec = { read: { kind: 'threshold', from: 0.5, element: null }, type: { kind: 'bool' } } as const;

  it('is true from the score on', () => {
    const scores = [0.5, Math.fround(0.4999999), 0.7, -1, 1e30];
    assert.deepEqual(take(column(scores), spec).texts, ['true', 'false', 'true', 'false', 'true']);
  });

  it('is compared with the score as a double', () => {
    const above = { ...spec, read: { ...spec.read, from: 0.7 } };
    // The float of 0.7 lies below it.
    assert.deepEqual(take(column([0.7]), above).texts, ['false']);
    assert.deepEqual(take(column([0.7]), { ...above, double: true }).texts, ['true']);
  });

  it('looks at the corrected score', () => {
    const corrected = { ...spec, read: { ...spec.read, sigmoid: [-1, 0] } } as const;
    assert.deepEqual(take(column([-0.1, 0, 0.1, INFINITY]), corrected).texts, [
      'false',
      'true',
      'true',
      'true',
    ]);
  });

  for (const nonfinite of ['fail', 'null', 'keep'] as const) {
    it(`is NULL for NaN and infinity under ${nonfinite}`, () => {
      const { texts, faults } = take(column([NAN, 1, INFINITY, -INFINITY, 0]), { ...spec, nonfinite });
      assert.deepEqual(texts, [null, 'true', null, null, 'false']);
      assert.deepEqual(faults, { nonfinite: nonfinite === 'fail' ? 3 : 0, unbanded: 0 });
    });
  }
});

describe('bands', () => {
  const bands = [
    { name: 'löw', upTo: 0.25 },
    { name: '', upTo: 0.5 },
    { name: 'high', upTo: 1 },
  ];
  const spec = { read: { kind: 'bands', bands, tolerance: 1e-6, element: null }, type: TEXT } as const;

  it('go by upper bounds, which belong to them', () => {
    const scores = [-5, 0.25, Math.fround(0.2500001), 0.5, 0.75, 1];
    assert.deepEqual(take(column(scores), spec).texts, ['löw', 'löw', '', '', 'high', 'high']);
  });

  it('take what passes the last bound by the tolerance', () => {
    const { texts, faults } = take(column([1 + 1e-6, 1 + 2e-6, 2]), { ...spec, double: true });
    assert.deepEqual(texts, ['high', null, null]);
    assert.deepEqual(faults, { nonfinite: 0, unbanded: 2 });
  });

  it('tell scores above from scores that are no numbers', () => {
    const { texts, faults } = take(column([NAN, 3, INFINITY]), spec);
    assert.deepEqual(texts, [null, null, null]);
    assert.deepEqual(faults, { nonfinite: 2, unbanded: 1 });
  });

  it('of one class of several', () => {
    const one = { ...spec, read: { ...spec.read, element: 1 } };
    assert.deepEqual(
      take(
        [
          [0, 0.9],
          [0.9, 0],
        ],
        one,
      ).texts,
      ['high', 'löw'],
    );
  });
});

describe('the best classes', () => {
  const rows = [
    [0.2, 0.5, 0.3],
    [0.5, 0.5, 0.4],
    [0.1, 0.4, 0.4],
    [-1, -3, -2],
    [0, -0, 0],
  ];

  it('are named from the best on, the first of equal ones first', () => {
    assert.deepEqual(topOf(rows, 2), [
      ['green', 'blue', '0.5', toFloat(0.3)],
      ['red', 'green', '0.5', '0.5'],
      ['green', 'blue', toFloat(0.4), toFloat(0.4)],
      ['red', 'blue', '-1', '-2'],
      ['red', 'green', '0', '0'],
    ]);
  });

  it('may be all of them', () => {
    assert.deepEqual(topOf(rows.slice(0, 1), 3)[0]?.slice(0, 3), ['green', 'blue', 'red']);
  });

  it('are as a sort of all has them', () => {
    const width = 17;
    const many = Array.from({ length: 200 }, (_, i) =>
      Array.from({ length: width }, (_each, c) => ((i * 31 + c * c * 7) % 11) / 8),
    );
    const labels = { type: 'int64', values: many[0]?.map((_, i) => String(i * 10)) ?? [] } as const;
    assert.deepEqual(
      topOf(many, 5, { labels }).map((row) => row.slice(0, 5)),
      many.map((row) =>
        row
          .map((score, c) => ({ score, c }))
          .sort((a, b) => b.score - a.score || a.c - b.c)
          .slice(0, 5)
          .map(({ c }) => String(c * 10)),
      ),
    );
  });

  it('are indexes where there are no labels', () => {
    assert.deepEqual(
      topOf(rows, 1, { labels: null }).map(([best]) => best),
      ['1', '0', '1', '0', '0'],
    );
  });

  it('are ranked by corrected scores', () => {
    const [row] = topOf([[0, 2, 1]], 2, { sigmoid: [1, 0] });
    assert.deepEqual(row, ['red', 'blue', '0.5', toFloat(1 / (1 + Math.exp(1)))]);
  });

  it('are none where a score is NaN, and infinite ones where a score is infinite', () => {
    const odd = [
      [1, NAN, 2],
      [1, INFINITY, -INFINITY],
    ];
    assert.deepEqual(topOf(odd, 1, { nonfinite: 'keep' }), [
      [null, 'NaN'],
      ['green', 'Infinity'],
    ]);
    assert.deepEqual(topOf(odd, 1, { nonfinite: 'null' }), [
      [null, null],
      ['green', null],
    ]);
  });
});

describe('the elements of a row', () => {
  for (const [dims, width] of [
    [[BLOCK], 1],
    [[BLOCK, 1], 1],
    [[BLOCK, 3], 3],
    [[1, BLOCK], 1],
    [[3, BLOCK], null],
    [[BLOCK, 1, 1], null],
    [[], null],
  ] as const) {
    it(`are ${width ?? 'not to be told'} in [${dims.join(', ')}] of ${BLOCK} rows`, () => {
      assert.equal(findWidth(dims, BLOCK), width);
    });
  }
  it('are all of them where a block is one row', () => {
    assert.equal(findWidth([1, BLOCK], 1), BLOCK);
  });
});

describe('a tensor that does not fit', () => {
  const read = { kind: 'value', element: null } as const;
  for (const [what, dims, length] of [
    ['of too many elements', [BLOCK, 2], BLOCK * 2],
    ['of too few rows', [1, BLOCK - 1], BLOCK - 1],
    ['turned over', [2, BLOCK], BLOCK * 2],
    ['of three dimensions', [BLOCK, 1, 1], BLOCK],
  ] as const) {
    it(`is refused: ${what}`, () => {
      const { takers } = newGathering([specOf({ read })], 1);
      const tensor = { dims, data: new Float32Array(length) };
      assert.throws(() => takers[0]?.take(tensor, { at: 0, rows: 1, blockRows: BLOCK }), {
        code: 'SCORING',
        message: `model output "y" gave a tensor of [${dims.join(', ')}] for ${BLOCK} rows, which does not fit its columns`,
      });
    });
  }
});

type Given = Pick<OutputSpec, 'read'> & Partial<Omit<OutputSpec, 'read'>> & { readonly double?: true };

interface Taken {
  readonly vector: Vector;
  readonly texts: readonly (string | null)[];
  readonly faults: OutputFaults;
}

function specOf({ double: _, ...given }: Given): OutputSpec {
  return { column: 'y', model: 0, from: 'y', type: FLOAT, nonfinite: 'fail', range: null, ...given };
}

/** The column that the rows make, block by block. */
function take(rows: readonly (readonly number[])[], given: Given): Taken {
  return gather(rows, [specOf(given)], given.double === true)[0] as Taken;
}

function gather(
  rows: readonly (readonly number[])[],
  specs: readonly OutputSpec[],
  double: boolean,
): readonly Taken[] {
  const { takers, columns } = newGathering(specs, rows.length);
  const width = rows[0]?.length ?? 1;
  for (let at = 0; at < rows.length; at += BLOCK) {
    const some = rows.slice(at, at + BLOCK);
    const data = new (double ? Float64Array : Float32Array)(BLOCK * width).fill(NAN);
    data.set(some.flat());
    for (const taker of takers) {
      taker.take({ dims: [BLOCK, width], data }, { at, rows: some.length, blockRows: BLOCK });
    }
  }
  return columns.map((each) => {
    const { vector, faults } = each.toOutput();
    const texts = rows.map((_, row) => (isValid(vector, row) ? valueToText(vector, row) : null));
    return { vector, texts, faults };
  });
}

interface Top {
  readonly labels?: { readonly type: 'text' | 'int64'; readonly values: readonly string[] } | null;
  readonly sigmoid?: readonly [number, number];
  readonly nonfinite?: OutputSpec['nonfinite'];
}

/** By row the k best labels and their scores. */
function topOf(
  rows: readonly (readonly number[])[],
  k: number,
  { labels = CLASS_LABELS, sigmoid, nonfinite = 'fail' }: Top = {},
): readonly (readonly (string | null)[])[] {
  const places = Array.from({ length: k }, (_, place) => ({
    kind: 'top' as const,
    k,
    place,
    ...(sigmoid === undefined ? {} : { sigmoid }),
  }));
  const specs = [
    ...places.map((place) =>
      specOf({ read: { ...place, give: 'label', labels }, type: { kind: labels?.type ?? 'int64' } }),
    ),
    ...places.map((place) => specOf({ read: { ...place, give: 'score' }, nonfinite })),
  ];
  const columns = gather(rows, specs, false);
  return rows.map((_, row) => columns.map(({ texts }) => texts[row] ?? null));
}

function column(values: readonly number[]): readonly (readonly number[])[] {
  return values.map((value) => [value]);
}

function toFloat(value: number): string {
  return String(Math.fround(value));
}

function toFloats(values: readonly (number | undefined)[]): readonly string[] {
  return values.map((value) => toFloat(value ?? NAN));
}
