import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitLabels } from '../../../src/plan/model-facts.js';
import * as onnx from '../../support/onnx-file.js';
import { loadBytes, readFixture } from '../../support/onnx-models.js';

const FLOAT = 1;
const INT64 = 7;
const STRING = 8;
const ML = 'ai.onnx.ml';
const BIG = '9007199254740993';

/** A classifier over `x` with the labels given, which makes `label` and `scores`. */
function classifier(labels: Uint8Array): Uint8Array {
  return onnx.node({
    op: 'LinearClassifier',
    domain: ML,
    inputs: ['x'],
    outputs: ['label', 'scores'],
    attributes: [labels],
  });
}

function labelsOf(
  nodes: readonly Uint8Array[],
  outputs: readonly string[],
  initializers: readonly Uint8Array[] = [],
): unknown {
  const graph = onnx.graph({
    nodes,
    initializers,
    inputs: [onnx.value('x', FLOAT, ['N', 2])],
    outputs: outputs.map((name) => onnx.value(name, FLOAT, ['N', 2])),
  });
  return loadBytes(onnx.model({ graph })).facts.labels;
}

/** Looks a label up by the place of the greatest score. */
function lookUp(scores: string, table: string): readonly Uint8Array[] {
  return [
    onnx.node({
      op: 'ArgMax',
      inputs: [scores],
      outputs: [`${table}_at`],
      attributes: [onnx.int('axis', 1)],
    }),
    onnx.node({
      op: 'ArrayFeatureExtractor',
      domain: ML,
      inputs: [table, `${table}_at`],
      outputs: [`${table}_label`],
    }),
  ];
}

describe('class labels', () => {
  it('come from the classifier of a model without a ZipMap', () => {
    assert.deepEqual(loadBytes(readFixture('forest', 'model.onnx')).facts.labels, {
      probabilities: { type: 'int64', values: ['0', '1', '2'] },
    });
    assert.deepEqual(loadBytes(readFixture('pipeline', 'model.onnx')).facts.labels, {
      probabilities: { type: 'text', values: ['leaves', 'stays'] },
    });
  });

  it('come from the ZipMap of a model that has one', () => {
    assert.deepEqual(loadBytes(readFixture('bad', 'zipmap.onnx')).facts.labels, {
      output_probability: { type: 'text', values: ['no', 'yes'] },
    });
  });

  it('keep every digit, and go through operators that keep classes apart', () => {
    const labels = labelsOf(
      [
        classifier(onnx.ints('classlabels_ints', ['-1', BIG])),
        onnx.node({ op: 'Normalizer', domain: ML, inputs: ['scores'], outputs: ['normal'] }),
        onnx.node({ op: 'Cast', inputs: ['normal'], outputs: ['y'], attributes: [onnx.int('to', 11)] }),
      ],
      ['label', 'y'],
    );
    assert.deepEqual(labels, { y: { type: 'int64', values: ['-1', BIG] } });
  });

  it('do not go through an operator that mixes classes', () => {
    const labels = labelsOf(
      [
        classifier(onnx.texts('classlabels_strings', ['a', 'b'])),
        onnx.node({ op: 'MatMul', inputs: ['scores', 'w'], outputs: ['y'] }),
      ],
      ['y'],
      [onnx.tensor({ name: 'w', dims: [2, 2], raw: new Uint8Array(16) })],
    );
    assert.deepEqual(labels, {});
  });

  it('come from the table that the label is looked up in, also where a classifier has others', () => {
    const labels = labelsOf(
      [
        classifier(onnx.ints('classlabels_ints', [0, 1])),
        ...lookUp('scores', 'names'),
        onnx.node({ op: 'Identity', inputs: ['scores'], outputs: ['y'] }),
      ],
      ['y', 'names_label'],
      [onnx.tensor({ name: 'names', type: STRING, dims: [2], strings: ['no', 'yes'] })],
    );
    assert.deepEqual(labels, { y: { type: 'text', values: ['no', 'yes'] } });
  });

  it('come from a table of integers, for scores in plain operators', () => {
    const raw = new Uint8Array(BigInt64Array.of(7n, BigInt(BIG)).buffer);
    const labels = labelsOf(
      [
        onnx.node({ op: 'MatMul', inputs: ['x', 'w'], outputs: ['raw'] }),
        onnx.node({ op: 'Mul', inputs: ['half', 'raw'], outputs: ['scores'] }),
        ...lookUp('scores', 'names'),
        onnx.node({ op: 'Softmax', inputs: ['scores'], outputs: ['y'] }),
      ],
      ['y'],
      [
        onnx.tensor({ name: 'names', type: INT64, dims: [2], raw }),
        onnx.tensor({ name: 'w', dims: [2, 2], raw: new Uint8Array(16) }),
        onnx.tensor({ name: 'half', dims: [1], raw: new Uint8Array(4) }),
      ],
    );
    assert.deepEqual(labels, { y: { type: 'int64', values: ['7', BIG] } });
  });

  it('are nobody’s where two tables are looked up by the same scores', () => {
    const names = (name: string) => onnx.tensor({ name, type: STRING, dims: [2], strings: [name, 'b'] });
    const labels = labelsOf(
      [
        onnx.node({ op: 'MatMul', inputs: ['x', 'x'], outputs: ['y'] }),
        ...lookUp('y', 'one'),
        ...lookUp('y', 'two'),
      ],
      ['y'],
      [names('one'), names('two')],
    );
    assert.deepEqual(labels, {});
  });

  it('are left out where a run gave another number of values', () => {
    const facts = {
      labels: { y: { type: 'text', values: ['a', 'b'] } },
      zipMaps: [],
      thresholds: {},
      mixesRows: false,
    } as const;
    assert.deepEqual(fitLabels(facts, { y: 3 }).labels, {});
    assert.deepEqual(fitLabels(facts, { y: 2 }).labels, facts.labels);
    assert.deepEqual(fitLabels(facts, {}).labels, facts.labels);
  });
});
