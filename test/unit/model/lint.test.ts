import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { ENGINE } from '../../../src/model/lint/engine.js';
import { lintModel } from '../../../src/model/lint/index.js';
import * as onnx from '../../support/onnx-file.js';
import { loadBytes, readFixture } from '../../support/onnx-models.js';

const FLOAT = 1;
const FLOAT16 = 10;
const UINT8 = 2;
const ML = 'ai.onnx.ml';

/** What lint says, as `severity code where`. */
function lint(bytes: Uint8Array): readonly string[] {
  return lintModel(loadBytes(bytes)).map(({ severity, code, where }) => `${severity} ${code} ${where}`);
}

interface Parts extends Partial<onnx.ModelParts> {
  readonly nodes?: readonly Uint8Array[];
  readonly input?: Uint8Array;
  readonly output?: Uint8Array;
}

/** A model from `x` to `y` with nothing to say of it, but for the parts given. */
function modelOf({ nodes, input, output, ...parts }: Parts = {}): Uint8Array {
  const graph = onnx.graph({
    nodes: nodes ?? [onnx.node({ op: 'Identity', inputs: ['x'], outputs: ['y'] })],
    inputs: [input ?? onnx.value('x', FLOAT, ['N', 1])],
    outputs: [output ?? onnx.value('y', FLOAT, ['N', 1])],
  });
  return onnx.model({ graph, ...parts });
}

function regressor(...attributes: readonly Uint8Array[]): Uint8Array {
  return onnx.node({ op: 'TreeEnsembleRegressor', domain: ML, inputs: ['x'], outputs: ['y'], attributes });
}

describe('lint', () => {
  it('has nothing to say of a plain model', () => {
    assert.deepEqual(lint(modelOf()), []);
  });

  for (const { what, bytes, says } of [
    {
      what: 'an IR version that the engine does not read',
      bytes: modelOf({ ir: 14 }),
      says: ['error ir-version IR version 14'],
    },
    {
      what: 'operators that are newer than the engine',
      bytes: modelOf({ opsets: { '': 27, [ML]: 6 } }),
      says: ['error opset opset 27 of ai.onnx', `error opset opset 6 of ${ML}`],
    },
    { what: 'a model without opsets', bytes: modelOf({ opsets: {} }), says: ['error no-opset opset_import'] },
    { what: 'an old opset', bytes: modelOf({ opsets: { '': 6 } }), says: ['warning old-opset opset 6'] },
    {
      what: 'an operator of a library',
      bytes: modelOf({
        nodes: [onnx.node({ op: 'Magic', domain: 'custom', inputs: ['x'], outputs: ['y'] })],
      }),
      says: ['error unknown-operator custom.Magic'],
    },
    {
      what: 'a float16 input',
      bytes: modelOf({ input: onnx.value('x', FLOAT16, ['N', 1]) }),
      says: ['error float16-input input "x"'],
    },
    {
      what: 'an input of bytes',
      bytes: modelOf({ input: onnx.value('x', UINT8, ['N', 1]) }),
      says: ['error input-type input "x"'],
    },
    {
      what: 'an input that is a list',
      bytes: modelOf({ input: onnx.sequence('x') }),
      says: ['error input-type input "x"'],
    },
    {
      what: 'an output of bytes',
      bytes: modelOf({ output: onnx.value('y', UINT8, ['N', 1]) }),
      says: ['warning output-type output "y"'],
    },
    {
      what: 'a fixed batch of a matrix',
      bytes: modelOf({ input: onnx.value('x', FLOAT, [4, 3]) }),
      says: ['warning fixed-batch input "x"', 'warning unnamed-columns input "x"'],
    },
    {
      what: 'integer arithmetic',
      bytes: modelOf({
        nodes: [
          onnx.node({ op: 'QuantizeLinear', inputs: ['x', 's'], outputs: ['q'] }),
          onnx.node({ op: 'DequantizeLinear', inputs: ['q', 's'], outputs: ['y'] }),
        ],
      }),
      says: ['warning quantised QuantizeLinear, DequantizeLinear'],
    },
    {
      what: 'scales that all rows of a call have in common',
      bytes: modelOf({
        nodes: [
          onnx.node({ op: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['q', 's', 'z'] }),
          onnx.node({ op: 'DequantizeLinear', inputs: ['q', 's', 'z'], outputs: ['y'] }),
        ],
      }),
      says: [
        'warning quantised DynamicQuantizeLinear, DequantizeLinear',
        'warning dynamic-quantisation DynamicQuantizeLinear',
      ],
    },
    {
      what: "sums whose order depends on a row's place",
      bytes: modelOf({ nodes: [onnx.node({ op: 'ReduceSum', inputs: ['x', 'axes'], outputs: ['y'] })] }),
      says: ['note reduction ReduceSum'],
    },
    {
      what: 'trees that send every NaN one way, and a sum that stays raw',
      bytes: modelOf({
        nodes: [
          regressor(
            onnx.ints('nodes_missing_value_tracks_true', [0, 0]),
            onnx.text('post_transform', 'LOGISTIC'),
          ),
        ],
      }),
      says: ['warning nan-routing TreeEnsembleRegressor', 'warning post-transform TreeEnsembleRegressor'],
    },
    {
      what: 'trees that say where a NaN goes',
      bytes: modelOf({ nodes: [regressor(onnx.ints('nodes_missing_value_tracks_true', [0, 1]))] }),
      says: [],
    },
    {
      what: 'thresholds of float32',
      bytes: modelOf({
        nodes: [
          regressor(onnx.ints('nodes_missing_value_tracks_true', [1]), onnx.floats('nodes_values', [1])),
        ],
      }),
      says: ['note float-thresholds TreeEnsembleRegressor'],
    },
  ]) {
    it(`tells of ${what}`, () => assert.deepEqual(lint(bytes), says));
  }

  it('takes operators that the model itself defines, and those of com.microsoft that only compute', () => {
    const made = onnx.message((writer) => {
      onnx.put(writer, 1, ['Twice']);
      onnx.put(writer, 7, [onnx.node({ op: 'Add', inputs: ['a', 'a'], outputs: ['b'] })]);
      onnx.put(writer, 10, ['local']);
    });
    const nodes = [
      onnx.node({ op: 'Twice', domain: 'local', inputs: ['x'], outputs: ['z'] }),
      onnx.node({ op: 'Gelu', domain: 'com.microsoft', inputs: ['z'], outputs: ['y'] }),
    ];
    assert.deepEqual(lint(modelOf({ nodes, functions: [made] })), []);
  });

  it('tells what is cut out of the graph, and that weights are elsewhere', () => {
    assert.deepEqual(lint(readFixture('bad', 'zipmap.onnx')), [
      'warning unnamed-columns input "features"',
      'note zipmap output "output_probability"',
      'note logistic-saturation output "output_probability"',
    ]);
    assert.ok(lint(readFixture('cut', 'several.onnx')).includes('note list-output output "probabilities"'));
    const graph = onnx.graph({
      nodes: [onnx.node({ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] })],
      initializers: [onnx.tensor({ name: 'w', dims: [1], external: { location: 'w.bin' } })],
      inputs: [onnx.value('x', FLOAT, ['N', 1])],
      outputs: [onnx.value('y', FLOAT, ['N', 1])],
    });
    assert.deepEqual(lint(onnx.model({ graph })), ['warning external-data "w.bin"']);
  });

  it('knows what this onnxruntime takes: up to its table, and nothing beyond', async () => {
    const opens = async (parts: Parts) => {
      try {
        const session = await InferenceSession.create(modelOf(parts), { logSeverityLevel: 4 });
        await session.release();
        return true;
      } catch {
        return false;
      }
    };
    assert.equal(await opens({ ir: ENGINE.irVersion }), true);
    assert.equal(await opens({ ir: ENGINE.irVersion + 1 }), false);
    for (const [domain, latest] of Object.entries(ENGINE.opsets)) {
      assert.equal(await opens({ opsets: { '': 15, [domain]: latest } }), true, `${domain} ${latest}`);
      assert.equal(
        await opens({ opsets: { '': 15, [domain]: latest + 1 } }),
        false,
        `${domain} ${latest + 1}`,
      );
    }
  });
});
