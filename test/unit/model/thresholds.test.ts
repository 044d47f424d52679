import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as onnx from '../../support/onnx-file.js';
import { loadBytes, readFixture } from '../../support/onnx-models.js';

const FLOAT = 1;
const INT64 = 7;
const ML = 'ai.onnx.ml';

/** A tree over `from` that splits columns 1 and 0, and twice at the same place. */
function trees(from: string): Uint8Array {
  return onnx.node({
    op: 'TreeEnsembleRegressor',
    domain: ML,
    inputs: [from],
    outputs: ['y'],
    attributes: [
      onnx.ints('nodes_featureids', [1, 0, 0, 1, 0]),
      onnx.floats('nodes_values', [0.5, 0.1, 9, 0.5, -2]),
      onnx.texts('nodes_modes', ['BRANCH_LEQ', 'BRANCH_LT', 'LEAF', 'BRANCH_LEQ', 'BRANCH_LEQ']),
    ],
  });
}

function thresholdsOf(
  nodes: readonly Uint8Array[],
  inputs: readonly Uint8Array[],
  initializers: readonly Uint8Array[] = [],
): unknown {
  const graph = onnx.graph({ nodes, inputs, initializers, outputs: [onnx.value('y', FLOAT, ['N', 1])] });
  return loadBytes(onnx.model({ graph })).facts.thresholds;
}

const FIRST = Float32Array.of(-2, 0.1);
const SECOND = Float32Array.of(0.5);

describe('thresholds of trees', () => {
  it('are those of the columns of the matrix, ascending and each once', () => {
    assert.deepEqual(thresholdsOf([trees('x')], [onnx.value('x', FLOAT, ['N', 3])]), {
      x: [FIRST, SECOND, null],
    });
  });

  it('are found in real models', () => {
    const { measurements } = loadBytes(readFixture('forest', 'model.onnx')).facts.thresholds;
    assert.equal(measurements?.length, 4);
    assert.ok(measurements.every((column) => column !== null && column.length > 10));
    assert.deepEqual(loadBytes(readFixture('linear', 'model.onnx')).facts.thresholds, {});
  });

  it('are found through a cast, and a Concat of single columns', () => {
    const concat = onnx.node({
      op: 'Concat',
      inputs: ['cast', 'b'],
      outputs: ['all'],
      attributes: [onnx.int('axis', 1)],
    });
    const cast = onnx.node({
      op: 'Cast',
      inputs: ['a'],
      outputs: ['cast'],
      attributes: [onnx.int('to', FLOAT)],
    });
    const inputs = [onnx.value('a', INT64, ['N', 1]), onnx.value('b', FLOAT, ['N', 1])];
    assert.deepEqual(thresholdsOf([cast, concat, trees('all')], inputs), { a: [FIRST], b: [SECOND] });
  });

  it('are found where columns are picked', () => {
    const raw = new Uint8Array(BigInt64Array.of(2n, 0n).buffer);
    const pick = onnx.node({
      op: 'ArrayFeatureExtractor',
      domain: ML,
      inputs: ['x', 'at'],
      outputs: ['some'],
    });
    const at = onnx.tensor({ name: 'at', type: INT64, dims: [2], raw });
    assert.deepEqual(thresholdsOf([pick, trees('some')], [onnx.value('x', FLOAT, ['N', 3])], [at]), {
      x: [SECOND, null, FIRST],
    });
  });

  it('are left out of columns that the graph changes first', () => {
    const scaler = onnx.node({ op: 'Scaler', domain: ML, inputs: ['a'], outputs: ['scaled'] });
    const concat = onnx.node({
      op: 'Concat',
      inputs: ['scaled', 'b'],
      outputs: ['all'],
      attributes: [onnx.int('axis', -1)],
    });
    const inputs = [onnx.value('a', FLOAT, ['N', 1]), onnx.value('b', FLOAT, ['N', 1])];
    assert.deepEqual(thresholdsOf([scaler, concat, trees('all')], inputs), { b: [SECOND] });
  });

  it('end where a graph runs in a circle', () => {
    const circle = onnx.node({ op: 'Identity', inputs: ['loop'], outputs: ['loop'] });
    assert.deepEqual(thresholdsOf([circle, trees('loop')], [onnx.value('x', FLOAT, ['N', 3])]), {});
  });
});
