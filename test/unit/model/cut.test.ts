import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cutModel } from '../../../src/model/cut.js';
import { readModel } from '../../../src/model/read-model.js';
import * as onnx from '../../support/onnx-file.js';
import { loadBytes, readFixture, scoreMatrix } from '../../support/onnx-models.js';

const FLOAT = 1;
const ML = 'ai.onnx.ml';
/** Two scores per row, without an operator of ONNX' own domain. */
const SCORES = onnx.node({ op: 'Normalizer', domain: ML, inputs: ['x'], outputs: ['scores'] });
const INPUTS = [onnx.value('x', FLOAT, ['N', 2])];

function zipMap(from: string, to: string): Uint8Array {
  const attributes = [onnx.texts('classlabels_strings', ['no', 'yes'])];
  return onnx.node({ op: 'ZipMap', domain: ML, inputs: [from], outputs: [to], attributes });
}

describe('cutModel', () => {
  it('leaves a model of tensors as it is', () => {
    const bytes = readFixture('forest', 'model.onnx');
    const { cut } = loadBytes(bytes);
    assert.equal(cut.bytes, bytes);
    assert.deepEqual(
      cut.outputs.map(({ name }) => name),
      ['label', 'probabilities'],
    );
  });

  it('makes the probabilities of a ZipMap a tensor with the same bits', async () => {
    const { cut, facts } = loadBytes(readFixture('cut', 'forest.onnx'));
    assert.deepEqual(cut.zipMaps, ['output_probability']);
    assert.deepEqual(facts.zipMaps, ['output_probability']);
    const given = await scoreMatrix(cut.bytes, 4);
    const expected = await scoreMatrix(readFixture('forest', 'model.onnx'), 4);
    assert.deepEqual(given.get('output_probability')?.data, expected.get('probabilities')?.data);
    assert.deepEqual(given.get('output_probability')?.dims, [64, 3]);
    assert.deepEqual(given.get('output_label')?.data, expected.get('label')?.data);
  });

  it('makes an output of each element of a list', async () => {
    const { cut, facts } = loadBytes(readFixture('cut', 'several.onnx'));
    assert.deepEqual(cut.lists, ['probabilities']);
    assert.deepEqual(
      cut.outputs.map(({ name }) => name),
      ['label', 'probabilities_0', 'probabilities_1'],
    );
    const given = await scoreMatrix(cut.bytes, 4);
    assert.deepEqual(given.get('probabilities_0')?.dims, [64, 3]);
    assert.deepEqual(given.get('probabilities_1')?.dims, [64, 3]);
    assert.deepEqual(facts.labels.probabilities_1, { type: 'int64', values: ['0', '1', '2'] });
  });

  it('changes nothing else of the file', () => {
    const bytes = readFixture('cut', 'forest.onnx');
    const model = readModel(bytes);
    const cut = readModel(cutModel(bytes, model).bytes);
    const trees = (from: typeof model) => from.graph.nodes.find(({ op }) => op === 'TreeEnsembleClassifier');
    assert.deepEqual(trees(cut), trees(model));
    assert.deepEqual(cut.opsets, model.opsets);
    assert.deepEqual(cut.metadata, model.metadata);
  });

  it('follows a ZipMap through Identity, and imports the operator that it puts in its place', async () => {
    const graph = onnx.graph({
      nodes: [
        SCORES,
        zipMap('scores', 'zipped'),
        onnx.node({ op: 'Identity', inputs: ['zipped'], outputs: ['y'] }),
      ],
      inputs: INPUTS,
      outputs: [onnx.sequence('y')],
    });
    const { cut, facts } = loadBytes(onnx.model({ graph, opsets: { [ML]: 1 } }));
    assert.deepEqual(facts.labels.y, { type: 'text', values: ['no', 'yes'] });
    assert.deepEqual((await scoreMatrix(cut.bytes, 2, 3)).get('y')?.dims, [3, 2]);
  });

  it('drops an output that no tensor can be made of, and keeps the others', async () => {
    const graph = onnx.graph({
      nodes: [
        SCORES,
        onnx.node({ op: 'SplitToSequence', inputs: ['scores'], outputs: ['parts'] }),
        onnx.node({ op: 'Identity', inputs: ['scores'], outputs: ['y'] }),
      ],
      inputs: INPUTS,
      outputs: [onnx.sequence('parts'), onnx.value('y', FLOAT, ['N', 2])],
    });
    const { cut } = loadBytes(onnx.model({ graph, opsets: { '': 15, [ML]: 1 } }));
    assert.deepEqual(cut.dropped, [{ name: 'parts', kind: 'a sequence' }]);
    assert.deepEqual([...(await scoreMatrix(cut.bytes, 2, 3)).keys()], ['y']);
  });

  it('refuses a model without any tensor to give', () => {
    const graph = onnx.graph({
      nodes: [SCORES, onnx.node({ op: 'SplitToSequence', inputs: ['scores'], outputs: ['parts'] })],
      inputs: INPUTS,
      outputs: [onnx.sequence('parts')],
    });
    assert.throws(() => loadBytes(onnx.model({ graph })), {
      code: 'MODEL_INVALID',
      message: 'none of its outputs is a tensor: "parts" is a sequence',
    });
  });

  it('names no element of a list as another value is named', () => {
    const graph = onnx.graph({
      nodes: [
        SCORES,
        onnx.node({ op: 'Identity', inputs: ['scores'], outputs: ['list_0'] }),
        onnx.node({ op: 'SequenceConstruct', inputs: ['scores', 'list_0'], outputs: ['list'] }),
      ],
      inputs: INPUTS,
      outputs: [onnx.sequence('list'), onnx.value('list_0', FLOAT, ['N', 2])],
    });
    const { cut } = loadBytes(onnx.model({ graph }));
    assert.match(cut.dropped[0]?.kind ?? '', /cannot be named "list_0"/);
  });
});
