import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResolvedFeatures } from '../../../src/config/index.js';
import type { Column } from '../../../src/contract/index.js';
import { assertTextsOnly, bindText, withPooledOutputs } from '../../../src/plan/bind-text.js';
import type { ModelFacts, TokenizerFacts } from '../../../src/plan/model-facts.js';
import type { TensorInfo } from '../../../src/plan/scoring-spec.js';

const TOKENIZER: TokenizerFacts = {
  file: 't.json',
  sha256: 'abc',
  column: 'review',
  maxLength: 128,
  specialTokens: 2,
  refusal: null,
  engine: 'tokenizers 1',
  truncateLeft: false,
  padLeft: false,
  padId: 0,
  padTypeId: 0,
};

const IDS: TensorInfo = { name: 'input_ids', type: 'int64', shape: ['batch', 'sequence'] };
const MASK: TensorInfo = { ...IDS, name: 'attention_mask' };
const HIDDEN: TensorInfo = { name: 'last_hidden_state', type: 'float32', shape: ['batch', 'sequence', 8] };
const POOLED: TensorInfo = { name: 'embedding', type: 'float32', shape: ['batch', 8] };

const SOURCE: readonly Column[] = [
  { name: 'id', type: { kind: 'int64' }, native: 'bigint' },
  { name: 'review', type: { kind: 'text' }, native: 'varchar' },
];

function modelOf(inputs: readonly TensorInfo[], outputs: readonly TensorInfo[] = [POOLED]): ModelFacts {
  return {
    name: null,
    uri: 'm.onnx',
    sha256: 'def',
    inputs,
    outputs,
    widths: {},
    rowsPerSecond: null,
    labels: {},
    zipMaps: [],
    thresholds: {},
    mixesRows: false,
    tokenizer: TOKENIZER,
  };
}

function bind(
  inputs: readonly TensorInfo[],
  tokenizer: Partial<TokenizerFacts> = {},
  written: ResolvedFeatures | null = null,
) {
  return bindText(modelOf(inputs), { ...TOKENIZER, ...tokenizer }, written, SOURCE, []);
}

const featuresOf = (column: string): ResolvedFeatures => ({
  kind: 'map',
  entries: [{ input: column, column, nulls: { value: '' } }],
});

describe('bindText', () => {
  it('fills the inputs that the graph has by their names', () => {
    const types: TensorInfo = { ...IDS, name: 'token_type_ids', type: 'int32' };
    const { tensors, text, blockRows } = bind([types, MASK, IDS]);
    assert.deepEqual(tensors, []);
    assert.equal(blockRows, 32);
    assert.deepEqual(text?.inputs, [
      { input: 'token_type_ids', fill: 'types', element: 'int32' },
      { input: 'attention_mask', fill: 'mask', element: 'int64' },
      { input: 'input_ids', fill: 'ids', element: 'int64' },
    ]);
    assert.deepEqual(text?.feature.nulls, { kind: 'fail' });
    assert.equal(text?.fixedLength, null);
  });

  it('takes what features says of NULLs in the column', () => {
    const { text } = bind([IDS], {}, featuresOf('review'));
    assert.deepEqual(text?.feature.nulls, { kind: 'value', value: '' });
  });

  it('knows the one length, and the one number of texts, that a model takes', () => {
    const { text } = bind([{ ...IDS, shape: [1, 128] }]);
    assert.deepEqual([text?.fixedRows, text?.fixedLength], [1, 128]);
  });

  it('has texts scored one at a time where the model lets them change each other', () => {
    const { text } = bindText({ ...modelOf([IDS, MASK]), mixesRows: true }, TOKENIZER, null, SOURCE, []);
    assert.equal(text?.fixedRows, 1);
  });

  for (const { what, inputs = [IDS, MASK], tokenizer = {}, message } of [
    {
      what: 'a column that is not there',
      tokenizer: { column: 'text' },
      message: /tokenizer\.column: "text" is not among/,
    },
    {
      what: 'a column that is no text',
      tokenizer: { column: 'id' },
      message: /feature "id" has type bigint/,
    },
    { what: 'a model without input_ids', inputs: [MASK], message: /model m\.onnx has no input input_ids/ },
    {
      what: 'inputs beside the tokens',
      inputs: [IDS, { name: 'age', type: 'float32', shape: ['batch', 1] }],
      message: /input "age" is none that tokens fill .* not built yet/,
    },
    {
      what: 'tokens of floats',
      inputs: [{ ...IDS, type: 'float32' }],
      message: /input "input_ids" has type float32; tokens are/,
    },
    {
      what: 'tokens of one dimension',
      inputs: [{ ...IDS, shape: ['n'] }],
      message: /input "input_ids" has shape \[n\]/,
    },
    {
      what: 'no room beside special tokens',
      tokenizer: { maxLength: 2 },
      message: /max_length is 2, and 2 of them are/,
    },
    {
      what: 'more tokens than the inputs have',
      inputs: [{ ...IDS, shape: ['n', 64] }],
      message: /texts have up to 128 tokens, the model takes 64/,
    },
    {
      what: 'more tokens than the model has positions',
      tokenizer: { refusal: 'index out of bounds' },
      message: /does not take texts of 128 tokens: index out of bounds/,
    },
  ]) {
    it(`refuses ${what}`, () => {
      assert.throws(() => bind(inputs as TensorInfo[], tokenizer), message);
    });
  }
});

describe('assertTextsOnly', () => {
  it('refuses features that no model takes', () => {
    assert.doesNotThrow(() => assertTextsOnly(featuresOf('review'), ['review']));
    assert.throws(
      () => assertTextsOnly(featuresOf('id'), ['review']),
      /features: "id" is no input of a text model/,
    );
  });
});

describe('withPooledOutputs', () => {
  it('leaves values of single tokens out where no output is named', () => {
    const labels: TensorInfo = { name: 'tags', type: 'int64', shape: ['batch', 'sequence'] };
    const { outputs } = withPooledOutputs(modelOf([IDS], [HIDDEN, labels, POOLED]), null);
    assert.deepEqual(outputs, [POOLED]);
  });

  const refusal = /output "last_hidden_state" has shape \[batch, sequence, 8\]: a value for every token/;

  it('refuses them where there is nothing else, and where they are named', () => {
    assert.throws(() => withPooledOutputs(modelOf([IDS], [HIDDEN]), null), refusal);
    const named = [{ name: 'e', from: 'last_hidden_state', tolerance: 0, nonfinite: 'fail' as const }];
    assert.throws(() => withPooledOutputs(modelOf([IDS], [HIDDEN, POOLED]), named), refusal);
  });
});
