import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lintModel } from '../../../src/model/lint/index.js';
import { readModel } from '../../../src/model/read-model.js';
import * as onnx from '../../support/onnx-file.js';
import { loadBytes, readFixture } from '../../support/onnx-models.js';

const FLOAT = 1;

describe('readModel', () => {
  it('tells who made a model, for which operators, and what goes in and out', () => {
    const model = readModel(readFixture('pipeline', 'model.onnx'));
    assert.equal(model.irVersion, 8n);
    assert.deepEqual([model.producer, model.producerVersion], ['skl2onnx', '1.20.0']);
    assert.deepEqual([...model.opsets].sort(), [
      ['', 15n],
      ['ai.onnx.ml', 1n],
    ]);
    assert.deepEqual(
      model.graph.inputs.map(({ name, type }) => [name, type.kind === 'tensor' && type.element]),
      [
        ['city', 8],
        ['plan', 8],
        ['spend', 1],
        ['usage', 1],
        ['visits', 7],
        ['is_member', 9],
      ],
    );
    assert.deepEqual(
      model.graph.outputs.map(({ name }) => name),
      ['label', 'probabilities'],
    );
    assert.deepEqual(
      model.operators.find(({ op }) => op === 'OneHotEncoder'),
      { op: 'OneHotEncoder', domain: 'ai.onnx.ml', count: 2 },
    );
  });

  it('leaves out inputs that have their value in the file, and reads what is written beside the graph', () => {
    const graph = onnx.graph({
      inputs: [onnx.value('x', FLOAT, ['N', 2]), onnx.value('w', FLOAT, [2])],
      initializers: [onnx.tensor({ name: 'w', dims: [2], raw: new Uint8Array(8) })],
      outputs: [onnx.sequence('y')],
    });
    const model = readModel(onnx.model({ graph, metadata: { card: 'seven' }, opsets: { 'ai.onnx': 15 } }));
    assert.deepEqual(model.graph.inputs, [
      { name: 'x', type: { kind: 'tensor', element: FLOAT, shape: ['N', 2] } },
    ]);
    assert.deepEqual(model.graph.outputs, [{ name: 'y', type: { kind: 'sequence' } }]);
    assert.deepEqual(model.graph.initializers.get('w')?.dims, [2]);
    assert.deepEqual(model.metadata, [['card', 'seven']]);
    assert.deepEqual([...model.opsets], [['', 15n]]);
  });

  it('throws nothing but MODEL_INVALID for a file that is cut short', () => {
    const whole = readFixture('linear', 'model.onnx');
    for (let length = 0; length < whole.length; length += 7) {
      try {
        readModel(whole.subarray(0, length));
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'MODEL_INVALID', `${length} bytes: ${error}`);
      }
    }
  });

  it('never does anything but read, or throw MODEL_INVALID, whatever a byte becomes', () => {
    const whole = readFixture('cut', 'pipeline.onnx');
    const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const { at, to } of changes) bytes[at] = to;
        try {
          lintModel(loadBytes(bytes));
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'MODEL_INVALID', String(error));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes prose that is no UTF-8, but no such names', () => {
    const latin1 = Buffer.from('f\xfcr', 'latin1');
    const described = onnx.message((writer) => {
      onnx.put(writer, 2, [latin1]);
      onnx.put(writer, 7, [onnx.graph({})]);
    });
    assert.equal(readModel(described).producer, 'f\ufffdr');
    const named = onnx.graph({ nodes: [onnx.message((writer) => onnx.put(writer, 4, [latin1]))] });
    assert.throws(() => readModel(onnx.model({ graph: named })), { code: 'MODEL_INVALID' });
  });

  for (const { what, bytes, says } of [
    { what: 'no bytes', bytes: new Uint8Array(0), says: /no graph/ },
    {
      what: 'text',
      bytes: Buffer.from('<html>not found</html>'),
      says: /no protobuf message|a form that ONNX/,
    },
    {
      what: 'a file of ORT format',
      bytes: Buffer.from('\x10\x00\x00\x00ORTM\x00\x00'),
      says: /\.ort format/,
    },
    {
      what: 'two graphs, which protobuf would merge',
      bytes: onnx.message((writer) => onnx.put(writer, 7, [onnx.graph({}), onnx.graph({})])),
      says: /holds field 7 of a message twice/,
    },
    {
      what: 'a graph that is a number',
      bytes: onnx.message((writer) => onnx.putInt(writer, 7, 1)),
      says: /a form that ONNX does not have/,
    },
    {
      what: 'a group',
      bytes: onnx.message((writer) => writer.uint32((7 << 3) | 3).uint32((7 << 3) | 4)),
      says: /no protobuf message/,
    },
  ]) {
    it(`refuses ${what}`, () => {
      assert.throws(() => readModel(bytes), { code: 'MODEL_INVALID', message: says });
    });
  }
});
