import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ResolvedOutput } from '../../../src/config/index.js';
import type { ScoringError } from '../../../src/contract/index.js';
import { bindOutputs } from '../../../src/plan/bind-outputs.js';
import type { Labels } from '../../../src/plan/model-facts.js';
import type { OutputFacts } from '../../../src/plan/output-tensor.js';
import type { TensorInfo } from '../../../src/plan/scoring-spec.js';

const LABEL: TensorInfo = { name: 'label', type: 'int64', shape: ['N'] };
const SCORE: TensorInfo = { name: 'score', type: 'float32', shape: ['N', 1] };
const CLASSES: TensorInfo = { name: 'probabilities', type: 'float32', shape: ['N', 3] };
const ALL = [LABEL, SCORE, CLASSES];
const TEXTS: Labels = { type: 'text', values: ['No', 'Yes', 'Not sure'] };
const INTEGERS: Labels = { type: 'int64', values: ['-1', '10', '9007199254740993'] };

test('without outputs every element becomes a column', () => {
  assert.deepEqual(
    bind(ALL, null).map(({ column, read, type }) => [
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
  assert.equal(bind([open], null, { widths: { probabilities: 2 } }).length, 2);
});

test('the probe wins over a wrong declaration', () => {
  assert.deepEqual(
    bind([{ ...LABEL, shape: [1] }], null, { widths: { label: 1 } }).map(({ column }) => column),
    ['label'],
  );
});

test('a named output takes a class, its range and its tolerance', () => {
  const [spec] = bind(ALL, [written({ class: 1, range: [0, 1], tolerance: 1e-6 })]);
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
  const models = ['champion', 'challenger'].map((name) => ({ name, ...facts({ outputs: [SCORE] }) }));
  assert.deepEqual(
    bindOutputs(models, null).map(({ column, model, from }) => [column, model, from]),
    [
      ['champion_score', 0, 'score'],
      ['challenger_score', 1, 'score'],
    ],
  );
});

test('an output that cannot be NaN is not checked for it', () => {
  assert.equal(bind(ALL, [written({ from: 'label' })])[0]?.nonfinite, 'keep');
});

test('an output named without class becomes a column for each element', () => {
  for (const entry of [written({}), written({ range: [0, 1], sigmoid: [-1, 0] })]) {
    const specs = bind(ALL, [entry]);
    assert.deepEqual(
      specs.map(({ column, read }) => [column, read.kind === 'value' && read.element]),
      [
        ['churn_0', 0],
        ['churn_1', 1],
        ['churn_2', 2],
      ],
    );
    assert.ok(specs.every(({ range }) => (range === null) === (entry.range === undefined)));
  }
});

describe('classes', () => {
  const cases: readonly (readonly [string, Labels | null, string | number, number])[] = [
    ['an index where there are no labels', null, 2, 2],
    ['a label that is a text', TEXTS, 'Yes', 1],
    ['a label that is an integer', INTEGERS, 10, 1],
    ['a negative label', INTEGERS, -1, 0],
    ['a label of more digits than a number has', INTEGERS, '9007199254740993', 2],
    ['a text of digits', { type: 'text', values: ['2', '1', '0'] }, 0, 2],
  ];
  for (const [what, labels, wanted, element] of cases) {
    test(`by ${what}`, () => {
      const [spec] = bind(ALL, [written({ class: wanted })], {
        labels: labels === null ? {} : { probabilities: labels },
      });
      assert.deepEqual(spec?.read, { kind: 'value', element });
    });
  }

  test('labels of another number than the elements are none', () => {
    const labels = { probabilities: { type: 'text', values: ['No', 'Yes'] } } as const;
    const [spec] = bind(ALL, [written({ class: 1 })], { labels });
    assert.deepEqual(spec?.read, { kind: 'value', element: 1 });
  });
});

describe('ZipMaps', () => {
  const names = (outputs: readonly TensorInfo[], more: Partial<OutputFacts>) =>
    bind(outputs, null, more).map(({ column }) => column);

  test('are probability_<label>', () => {
    const found = names([LABEL, CLASSES], { labels: { probabilities: TEXTS }, zipMaps: ['probabilities'] });
    assert.deepEqual(found, ['label', 'probability_No', 'probability_Yes', 'probability_Not_sure']);
  });

  test('of integers are too', () => {
    const found = names([CLASSES], { labels: { probabilities: INTEGERS }, zipMaps: ['probabilities'] });
    assert.deepEqual(found, ['probability__1', 'probability_10', 'probability_9007199254740993']);
  });

  test('are <output>_<label> where there are two', () => {
    const other = { ...CLASSES, name: 'other' };
    const found = names([CLASSES, other], {
      labels: { probabilities: TEXTS, other: INTEGERS },
      zipMaps: ['probabilities', 'other'],
    });
    assert.deepEqual(found.slice(2, 5), ['probabilities_Not_sure', 'other__1', 'other_10']);
  });

  test('are <name>_<label> where the target names them', () => {
    const specs = bind([CLASSES], [written({})], {
      labels: { probabilities: TEXTS },
      zipMaps: ['probabilities'],
    });
    assert.deepEqual(
      specs.map(({ column }) => column),
      ['churn_No', 'churn_Yes', 'churn_Not_sure'],
    );
  });

  test('labels that are no ZipMap name no columns', () => {
    assert.deepEqual(names([CLASSES], { labels: { probabilities: TEXTS } }), [
      'probabilities_0',
      'probabilities_1',
      'probabilities_2',
    ]);
  });

  test('two labels of one column are refused', () => {
    const labels = { probabilities: { type: 'text', values: ['a b', 'x', 'A_b'] } } as const;
    assert.throws(() => names([CLASSES], { labels, zipMaps: ['probabilities'] }), {
      code: 'PLAN_INVALID',
      message: /classes "a b" and "A_b" of "probabilities" would both be column "probability_a_b"/,
    });
  });
});

test('an array holds all elements', () => {
  const [spec, ...others] = bind(ALL, [written({ array: true })]);
  assert.deepEqual(others, []);
  assert.deepEqual(spec?.read, { kind: 'array' });
  assert.deepEqual(spec?.type, { kind: 'array', element: 'float', length: 3 });
  assert.equal(spec?.nonfinite, 'fail');
});

test('an array of integers cannot be NaN', () => {
  const [spec] = bind(ALL, [written({ from: 'label', array: true })]);
  assert.deepEqual(spec?.type, { kind: 'array', element: 'int64', length: 1 });
  assert.equal(spec?.nonfinite, 'keep');
});

test('a threshold makes a boolean', () => {
  const [spec] = bind(ALL, [
    written({ class: 1, derive: { kind: 'threshold', from: 0.7 }, sigmoid: [-2, 0.5] }),
  ]);
  assert.deepEqual(spec?.read, { kind: 'threshold', from: 0.7, element: 1, sigmoid: [-2, 0.5] });
  assert.deepEqual(spec?.type, { kind: 'bool' });
  assert.equal(spec?.from, 'probabilities');
});

test('bands make a text', () => {
  const bands = [
    { name: 'low', upTo: 0.5 },
    { name: 'high', upTo: 1 },
  ];
  const [spec] = bind(ALL, [written({ from: 'score', derive: { kind: 'bands', bands }, tolerance: 1e-6 })]);
  assert.deepEqual(spec?.read, { kind: 'bands', bands, tolerance: 1e-6, element: null });
  assert.deepEqual(spec?.type, { kind: 'text' });
});

test('top_k makes labels, then their scores', () => {
  const entry = written({ derive: { kind: 'top', k: 2 }, range: [0, 1], nonfinite: 'null' });
  const specs = bind(ALL, [entry], { labels: { probabilities: TEXTS } });
  assert.deepEqual(
    specs.map(({ column, type, nonfinite, range }) => [column, type.kind, nonfinite, range !== null]),
    [
      ['churn_1', 'text', 'keep', false],
      ['churn_2', 'text', 'keep', false],
      ['churn_1_score', 'float', 'null', true],
      ['churn_2_score', 'float', 'null', true],
    ],
  );
  assert.deepEqual(specs[1]?.read, { kind: 'top', k: 2, place: 1, give: 'label', labels: TEXTS });
});

for (const [what, labels] of [
  ['integers', { probabilities: INTEGERS }],
  ['indexes, where there are no labels,', {}],
] as const) {
  test(`top_k gives ${what} as int64`, () => {
    const [spec] = bind(ALL, [written({ derive: { kind: 'top', k: 1 } })], { labels });
    assert.deepEqual(spec?.type, { kind: 'int64' });
  });
}

interface Refusal {
  readonly name: string;
  readonly outputs?: readonly TensorInfo[];
  readonly labels?: Labels;
  readonly entry: ResolvedOutput;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

const THRESHOLD = { kind: 'threshold', from: 0.5 } as const;

const REFUSED: readonly Refusal[] = [
  { name: 'an unknown output', entry: written({ from: 'zz' }), message: /no output "zz"/ },
  {
    name: 'a threshold over several values',
    entry: written({ derive: THRESHOLD }),
    message: /gives 3 values a row/,
    hint: /class: 0 … 2\./,
  },
  {
    name: 'a threshold over several labels',
    entry: written({ derive: THRESHOLD }),
    labels: TEXTS,
    message: /gives 3 values a row/,
    hint: /class: "No", "Yes", "Not sure"\./,
  },
  {
    name: 'a class that is not there',
    entry: written({ class: 3 }),
    message: /class 3 is not among the 3/,
    hint: /no labels for it: its classes are 0 … 2\./,
  },
  { name: 'a negative class', entry: written({ class: -1 }), message: /class -1 is not among/ },
  {
    name: 'a label where there are none',
    entry: written({ class: 'yes' }),
    message: /class "yes" is not among the 3 values of "probabilities"/,
    hint: /no labels/,
  },
  {
    name: 'an index where there are labels',
    entry: written({ class: 1 }),
    labels: TEXTS,
    message: /class 1 is not among the 3 values/,
    hint: /^Its classes are "No", "Yes", "Not sure"\.$/,
  },
  {
    name: 'a label that is another one in case',
    entry: written({ class: 'yes' }),
    labels: TEXTS,
    message: /class "yes" is not among/,
  },
  {
    name: 'an integer label that is an index',
    entry: written({ class: 0 }),
    labels: INTEGERS,
    message: /class 0 is not among/,
    hint: /Its classes are -1, 10, 9007199254740993\./,
  },
  {
    name: 'a range of texts',
    outputs: [{ ...LABEL, name: 'probabilities', type: 'string' }],
    entry: written({ range: [0, 1] }),
    message: /a range needs numbers/,
  },
  {
    name: 'an array of texts',
    outputs: [{ ...CLASSES, type: 'string' }],
    entry: written({ array: true }),
    message: /gives string, and only numbers become an array/,
  },
  ...(
    [
      ['threshold', { derive: THRESHOLD }],
      ['bands', { derive: { kind: 'bands', bands: [{ name: 'all', upTo: 1 }] } }],
      ['top_k', { derive: { kind: 'top', k: 1 } }],
      ['calibrate', { sigmoid: [1, 0] }],
    ] as const
  ).map(([key, fields]) => ({
    name: `${key} of integers`,
    entry: written({ from: 'label', ...fields }),
    message: new RegExp(`outputs.churn.${key} needs scores of float or double, "label" gives int64`),
  })),
  {
    name: 'more best classes than there are',
    entry: written({ derive: { kind: 'top', k: 4 } }),
    message: /top_k: 4 of the 3 values/,
  },
  {
    name: 'what is no tensor',
    outputs: [{ ...CLASSES, type: null }],
    entry: written({ class: 1 }),
    message: /"probabilities" is no tensor/,
  },
  {
    name: 'an element type that is not published',
    outputs: [{ ...CLASSES, type: 'float16' }],
    entry: written({ class: 1 }),
    message: /type float16/,
  },
  ...[
    ['N', 2, 2],
    ['N', 1, 3],
  ].map((shape) => ({
    name: `a shape of [${shape.join(', ')}]`,
    outputs: [{ ...CLASSES, shape }],
    entry: written({ class: 1 }),
    message: new RegExp(
      `"probabilities" has shape \\[${shape.join(', ')}\\]; columns need \\[rows\\] or \\[rows, n\\]`,
    ),
  })),
];

for (const { name, outputs = ALL, labels, entry, message, hint = /(?:)/ } of REFUSED) {
  test(`refused: ${name}`, () => {
    const known = labels === undefined ? {} : { labels: { probabilities: labels } };
    assert.throws(
      () => bind(outputs, [entry], known),
      (error: ScoringError) => {
        assert.equal(error.code, 'PLAN_INVALID');
        assert.match(error.message, message);
        assert.match(error.hint ?? '', hint);
        return true;
      },
    );
  });
}

test('a message lists some labels of many', () => {
  const values = Array.from({ length: 1000 }, (_, i) => `class ${i}`);
  const outputs = [{ ...CLASSES, shape: ['N', 1000] }];
  const labels = { probabilities: { type: 'text', values } } as const;
  assert.throws(
    () => bind(outputs, [written({ class: 'x' })], { labels }),
    ({ hint }: ScoringError) => /"class 19", … and 980 more\.$/.test(hint ?? ''),
  );
});

function bind(
  outputs: readonly TensorInfo[],
  entries: readonly ResolvedOutput[] | null,
  more: Partial<OutputFacts> = {},
) {
  return bindOutputs([{ name: null, ...facts({ outputs, ...more }) }], entries);
}

function facts(known: Partial<OutputFacts>): OutputFacts {
  return { outputs: ALL, widths: {}, labels: {}, zipMaps: [], ...known };
}

function written(fields: Partial<ResolvedOutput>): ResolvedOutput {
  return { name: 'churn', from: 'probabilities', tolerance: 0, nonfinite: 'fail', ...fields };
}
