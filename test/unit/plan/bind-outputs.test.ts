import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResolvedOutput } from '../../../src/config/index.js';
import { bindOutputs, type Widths } from '../../../src/plan/bind-outputs.js';
import type { TensorInfo } from '../../../src/plan/scoring-spec.js';

const LABEL: TensorInfo = { name: 'label', type: 'int64', shape: ['N'] };
const SCORE: TensorInfo = { name: 'score', type: 'float32', shape: ['N', 1] };
const CLASSES: TensorInfo = { name: 'probabilities', type: 'float32', shape: ['N', 3] };
const ALL = [LABEL, SCORE, CLASSES];

test('without outputs every element becomes a column', () => {
  assert.deepEqual(
    bind(ALL, null, {}).map(({ column, read, type }) => [
      column,
      read.kind === 'value' && read.element,
      type.kind,
    ]),
    [
      ['label', null, 'int64'],
      ['score', null, 'float'],
      ['probabilities_0', 0, 'float'],
      ['probabilities_1', 1, 'float'],
      ['probabilities_2', 2, 'float'],
    ],
  );
});

test('the probe tells a width that the graph leaves open', () => {
  const open: TensorInfo = { ...CLASSES, shape: ['N', 'C'] };
  assert.equal(bind([open], null, { probabilities: 2 }).length, 2);
});

test('the probe wins over a wrong declaration', () => {
  assert.deepEqual(
    bind([{ ...LABEL, shape: [1] }], null, { label: 1 }).map(({ column }) => column),
    ['label'],
  );
});

test('a named output takes a class, its range and its tolerance', () => {
  const [spec] = bind(ALL, [written({ class: 1, range: [0, 1], tolerance: 1e-6 })], {});
  assert.deepEqual(spec, {
    column: 'churn',
    model: 0,
    from: 'probabilities',
    read: { kind: 'value', element: 1 },
    type: { kind: 'float' },
    nonfinite: 'fail',
    range: { min: 0, max: 1, tolerance: 1e-6 },
  });
});

test('several models stand side by side, each under its name', () => {
  const models = ['champion', 'challenger'].map((name) => ({ name, outputs: [SCORE], widths: {} }));
  assert.deepEqual(
    bindOutputs(models, null).map(({ column, model, from }) => [column, model, from]),
    [
      ['champion_score', 0, 'score'],
      ['challenger_score', 1, 'score'],
    ],
  );
});

test('an output that cannot be NaN is not checked for it', () => {
  assert.equal(bind(ALL, [written({ from: 'label' })], {})[0]?.nonfinite, 'keep');
});

interface Refusal {
  readonly name: string;
  readonly outputs?: readonly TensorInfo[];
  readonly entry: ResolvedOutput;
  readonly code?: string;
  readonly message: RegExp;
}

const REFUSED: readonly Refusal[] = [
  { name: 'an unknown output', entry: written({ from: 'zz' }), message: /no output "zz"/ },
  { name: 'several values without a class', entry: written({}), message: /gives 3 values a row/ },
  { name: 'a class that is not there', entry: written({ class: 3 }), message: /class 3 is not among the 3/ },
  { name: 'a negative class', entry: written({ class: -1 }), message: /class -1 is not among/ },
  {
    name: 'a class by label',
    entry: written({ class: 'yes' }),
    code: 'NOT_BUILT',
    message: /"yes" is a label/,
  },
  {
    name: 'a range of texts',
    outputs: [{ ...LABEL, name: 'probabilities', type: 'string' }],
    entry: written({ range: [0, 1] }),
    message: /a range needs numbers/,
  },
  {
    name: 'a ZipMap',
    outputs: [{ ...CLASSES, type: null }],
    entry: written({ class: 1 }),
    code: 'NOT_BUILT',
    message: /ZipMap/,
  },
  {
    name: 'an element type that is not published',
    outputs: [{ ...CLASSES, type: 'float16' }],
    entry: written({ class: 1 }),
    message: /type float16/,
  },
  {
    name: 'a shape of three dimensions',
    outputs: [{ ...CLASSES, shape: ['N', 2, 2] }],
    entry: written({ class: 1 }),
    message: /columns need \[rows\] or \[rows, n\]/,
  },
];

for (const { name, outputs = ALL, entry, code = 'PLAN_INVALID', message } of REFUSED) {
  test(`refused: ${name}`, () => {
    assert.throws(() => bind(outputs, [entry], {}), { code, message });
  });
}

function bind(outputs: readonly TensorInfo[], entries: readonly ResolvedOutput[] | null, widths: Widths) {
  return bindOutputs([{ name: null, outputs, widths }], entries);
}

function written(fields: Partial<ResolvedOutput>): ResolvedOutput {
  return { name: 'churn', from: 'probabilities', tolerance: 0, nonfinite: 'fail', ...fields };
}
