import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NullPolicy, ResolvedFeature, ResolvedFeatures } from '../../../src/config/index.js';
import type { CanonicalType, Column } from '../../../src/contract/index.js';
import { bindFeatures } from '../../../src/plan/bind-features.js';
import type { TensorInfo } from '../../../src/plan/scoring-spec.js';

const SOURCE: readonly Column[] = [
  column('id', { kind: 'int64' }),
  column('a', { kind: 'double' }),
  column('b', { kind: 'int32' }),
  column('t', { kind: 'text' }),
  column('f', { kind: 'bool' }),
  column('wide', { kind: 'decimal', precision: 38, scale: 2 }),
];

const MATRIX: TensorInfo = { name: 'x', type: 'float32', shape: ['N', 2] };

test('a list fills a matrix in its order', () => {
  const { tensors, columns } = bind([MATRIX], list('b', 'a'), SOURCE);
  assert.deepEqual(
    columns.map(({ name }) => name),
    ['b', 'a'],
  );
  assert.deepEqual(
    tensors.map(({ input, rank, features }) => [input, rank, features.map(({ index }) => index)]),
    [['x', 2, [0, 1]]],
  );
});

test('a column used twice is read once', () => {
  const { tensors, columns } = bind([MATRIX], list('a', 'a'), SOURCE);
  assert.equal(columns.length, 1);
  assert.deepEqual(
    tensors[0]?.features.map(({ index }) => index),
    [0, 0],
  );
});

test('an open width takes any list', () => {
  const open: TensorInfo = { ...MATRIX, shape: ['N', 'M'] };
  assert.equal(bind([open], list('a', 'b', 'f'), SOURCE).columns.length, 3);
});

test('inputs of one column bind by name without features', () => {
  const inputs = [input('A', 'float32'), { ...input('t', 'string'), shape: ['N'] }];
  const { tensors, columns } = bind(inputs, null, SOURCE);
  assert.deepEqual(
    columns.map(({ name }) => name),
    ['a', 't'],
  );
  assert.deepEqual(
    tensors.map(({ rank }) => rank),
    [2, 1],
  );
});

test('a map gives an input another column and null policy', () => {
  const written = map({ input: 'age', column: 'a', nulls: 'nan' });
  const { tensors } = bind([input('age', 'float32'), input('b', 'int64')], written, SOURCE);
  assert.deepEqual(
    tensors.flatMap(({ features }) => features.map((feature) => [feature.column, feature.nulls])),
    [
      ['a', { kind: 'nan' }],
      ['b', { kind: 'fail' }],
    ],
  );
});

interface Refusal {
  readonly name: string;
  readonly inputs: readonly TensorInfo[];
  readonly written: ResolvedFeatures | null;
  readonly message: RegExp;
  readonly code?: string;
}

const REFUSED: readonly Refusal[] = [
  {
    name: 'a matrix without a list',
    inputs: [MATRIX],
    written: null,
    message: /2 columns, which have no names/,
  },
  {
    name: 'a list of another length',
    inputs: [MATRIX],
    written: list('a'),
    message: /has 2 columns, the target lists 1/,
  },
  {
    name: 'a list for several inputs',
    inputs: [input('a'), input('b')],
    written: list('a', 'b'),
    message: /2 inputs of one column/,
  },
  {
    name: 'an input that the model lacks',
    inputs: [input('a')],
    written: map({ input: 'z', column: 'a', nulls: 'fail' }),
    message: /no input "z"/,
  },
  {
    name: 'a matrix beside another input',
    inputs: [MATRIX, input('a')],
    written: null,
    message: /beside other inputs/,
  },
  {
    name: 'a shape of three dimensions',
    inputs: [{ ...MATRIX, shape: ['N', 2, 2] }],
    written: null,
    message: /tabular models have/,
  },
  {
    name: 'an element type that is not fed',
    inputs: [input('a', 'float16')],
    written: null,
    message: /type float16/,
  },
  {
    name: 'text for a float input',
    inputs: [input('t')],
    written: null,
    message: /which a float32 input of the model does not take/,
  },
  {
    name: 'a wide decimal for a float input',
    inputs: [input('wide')],
    written: null,
    message: /does not take/,
  },
  {
    name: 'a double for an int64 input',
    inputs: [input('a', 'int64')],
    written: null,
    message: /int64 input of the model does not take/,
  },
  {
    name: 'another declared type',
    inputs: [input('a')],
    written: map({ input: 'a', column: 'a', nulls: 'fail', type: 'float64' }),
    message: /declared float64/,
  },
  {
    name: 'nan for an integer input',
    inputs: [input('b', 'int64')],
    written: filled('b', 'nan'),
    message: /nulls: nan needs a floating input/,
  },
  {
    name: 'a text in the place of a number',
    inputs: [input('a')],
    written: filled('a', { value: 'none' }),
    message: /"none" for NULLs is no float32/,
  },
  {
    name: 'a fraction in the place of an integer',
    inputs: [input('b', 'int32')],
    written: filled('b', { value: 0.5 }),
    message: /0.5 for NULLs is no int32/,
  },
  {
    name: 'an unknown column',
    inputs: [input('zz')],
    written: null,
    message: /model input "zz": "zz" is not among/,
  },
];

for (const { name, inputs, written, message, code = 'PLAN_INVALID' } of REFUSED) {
  test(`refused: ${name}`, () => {
    assert.throws(() => bind(inputs, written, SOURCE), { code, message });
  });
}

function bind(inputs: readonly TensorInfo[], written: ResolvedFeatures | null, source: readonly Column[]) {
  const columns: Column[] = [];
  return { tensors: bindFeatures(inputs, written, source, columns), columns };
}

function column(name: string, type: CanonicalType): Column {
  return { name, type, native: type.kind };
}

function input(name: string, type = 'float32'): TensorInfo {
  return { name, type, shape: ['N', 1] };
}

function list(...names: readonly string[]): ResolvedFeatures {
  return { kind: 'list', entries: names.map((name) => ({ input: null, column: name, nulls: 'fail' })) };
}

function map(...entries: readonly ResolvedFeature[]): ResolvedFeatures {
  return { kind: 'map', entries };
}

function filled(name: string, nulls: NullPolicy): ResolvedFeatures {
  return map({ input: name, column: name, nulls });
}
