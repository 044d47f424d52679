import protobuf from 'protobufjs/minimal.js';
import * as onnx from './onnx-file.js';

/** A model that must be refused before the engine sees it. */
export interface HostileModel {
  readonly what: string;
  /** @param outside absolute path of a file that no model may read */
  readonly make: (outside: string) => Uint8Array;
  /** What the refusal says. */
  readonly says: RegExp;
}

const FLOAT = 1;
const INT64 = 7;
const TENSOR = 4;
const GRAPH = 5;
const SPARSE = 11;
/** Where the project keeps the file that no model may read, as its models' folder sees it. */
const OUTSIDE = '../outside/canary.bin';

/** Four floats that are kept elsewhere. */
function elsewhere(location: string, more: Readonly<Record<string, string>> = {}): Uint8Array {
  return onnx.tensor({ name: 'w', dims: [4], external: { location, ...more } });
}

/** Four floats that are here. */
const HERE = onnx.tensor({ name: 'w', dims: [4], raw: new Uint8Array(16) });
const ADD = onnx.node({ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] });

/** A model that adds `w` to its input. */
function adding(parts: onnx.GraphParts, more: Partial<onnx.ModelParts> = {}): Uint8Array {
  const graph = onnx.graph({
    nodes: [ADD],
    inputs: [onnx.value('x', FLOAT, ['N', 4])],
    outputs: [onnx.value('y', FLOAT, ['N', 4])],
    ...parts,
  });
  return onnx.model({ graph, ...more });
}

function constant(attribute: Uint8Array): Uint8Array {
  return onnx.node({ op: 'Constant', outputs: ['w'], attributes: [attribute] });
}

const attributeOf = (name: string, kind: number, field: number, value: Uint8Array) =>
  onnx.attribute(name, kind, (writer) => onnx.put(writer, field, [value]));

const sparse = (values: Uint8Array, indices: Uint8Array, dims: readonly number[] = [4]) =>
  onnx.sparseTensor(values, indices, dims);
const INDICES = onnx.tensor({ name: 'i', type: INT64, dims: [4], raw: new Uint8Array(32) });

/** Graphs in graphs in graphs. */
function nest(depth: number): Uint8Array {
  let inner = onnx.graph({});
  for (let i = 0; i < depth; i++) {
    inner = onnx.graph({
      nodes: [onnx.node({ op: 'If', attributes: [attributeOf('then_branch', GRAPH, 6, inner)] })],
    });
  }
  return inner;
}

/** The same field again and again, with nothing in it. */
function repeat(field: number, times: number): Uint8Array {
  return Buffer.alloc(times * 2, Buffer.from([(field << 3) | 2, 0]));
}

const PLAIN = /which is no plain path inside the model's folder/;

/** Files that refer to others, wherever ONNX lets a tensor stand. */
const REFERENCES: readonly HostileModel[] = [
  { what: 'a path upward', make: () => adding({ initializers: [elsewhere(OUTSIDE)] }), says: PLAIN },
  { what: 'an absolute path', make: (path) => adding({ initializers: [elsewhere(path)] }), says: PLAIN },
  {
    what: 'a path that hides its way upward',
    make: () => adding({ initializers: [elsewhere('real/../../outside/canary.bin')] }),
    says: PLAIN,
  },
  {
    what: "another system's path",
    make: () => adding({ initializers: [elsewhere('..\\outside\\canary.bin')] }),
    says: PLAIN,
  },
  {
    what: 'an address in memory',
    make: () =>
      adding({ initializers: [elsewhere('*/_ORT_MEM_ADDR_/*', { offset: '140000000', length: '16' })] }),
    says: PLAIN,
  },
  {
    what: 'no path at all',
    make: () => adding({ initializers: [onnx.tensor({ name: 'w', dims: [4], location: 1 })] }),
    says: PLAIN,
  },
  {
    what: 'a path beside data that is said to be here',
    make: () =>
      adding({
        initializers: [onnx.tensor({ name: 'w', dims: [4], location: 0, external: { location: OUTSIDE } })],
      }),
    says: PLAIN,
  },
  {
    what: 'a symbolic link',
    make: () => adding({ initializers: [elsewhere('link.bin')] }),
    says: /"link\.bin" is reached through a symbolic link/,
  },
  {
    what: 'a folder that is a symbolic link',
    make: () => adding({ initializers: [elsewhere('linked/canary.bin')] }),
    says: /"linked\/canary\.bin" is reached through a symbolic link/,
  },
  {
    what: 'a hard link',
    make: () => adding({ initializers: [elsewhere('hard.bin')] }),
    says: /"hard\.bin" has another name too/,
  },
  {
    what: 'a folder in place of a file',
    make: () => adding({ initializers: [elsewhere('real')] }),
    says: /"real" is no regular file/,
  },
  {
    what: 'a file that is not there',
    make: () => adding({ initializers: [elsewhere('real/gone.bin')] }),
    says: /"real\/gone\.bin" is not there/,
  },
  {
    what: 'the values of a sparse initializer',
    make: () => adding({ sparse: [sparse(elsewhere(OUTSIDE), INDICES)] }),
    says: PLAIN,
  },
  {
    what: 'the indices of a sparse initializer',
    make: () => adding({ sparse: [sparse(HERE, elsewhere(OUTSIDE))] }),
    says: PLAIN,
  },
  {
    what: 'a Constant',
    make: () => adding({ nodes: [constant(attributeOf('value', TENSOR, 5, elsewhere(OUTSIDE))), ADD] }),
    says: PLAIN,
  },
  {
    what: 'a sparse Constant',
    make: () =>
      adding({
        nodes: [constant(attributeOf('sparse_value', SPARSE, 22, sparse(elsewhere(OUTSIDE), INDICES))), ADD],
      }),
    says: PLAIN,
  },
  {
    what: 'tensors in a list',
    make: () => adding({ nodes: [constant(attributeOf('tensors', 9, 10, elsewhere(OUTSIDE))), ADD] }),
    says: PLAIN,
  },
  {
    what: 'a branch',
    make: () => {
      const branch = onnx.graph({ initializers: [elsewhere(OUTSIDE)] });
      return adding({
        nodes: [onnx.node({ op: 'If', attributes: [attributeOf('then_branch', GRAPH, 6, branch)] })],
      });
    },
    says: PLAIN,
  },
  {
    what: 'a function',
    make: () => {
      const inner = constant(attributeOf('value', TENSOR, 5, elsewhere(OUTSIDE)));
      const made = onnx.message((writer) => {
        onnx.put(writer, 1, ['Read']);
        onnx.put(writer, 7, [inner]);
        onnx.put(writer, 10, ['local']);
      });
      return adding({ initializers: [HERE] }, { functions: [made] });
    },
    says: PLAIN,
  },
  {
    what: 'the training',
    make: () => {
      const start = onnx.graph({ initializers: [elsewhere(OUTSIDE)] });
      return adding(
        { initializers: [HERE] },
        { training: [onnx.message((writer) => onnx.put(writer, 1, [start]))] },
      );
    },
    says: PLAIN,
  },
  {
    what: 'a negative offset',
    make: () => adding({ initializers: [elsewhere('real/weights.bin', { offset: '-16' })] }),
    says: /external data with offset "-16"/,
  },
  {
    what: 'a negative length',
    make: () => adding({ initializers: [elsewhere('real/weights.bin', { length: '-1' })] }),
    says: /external data with length "-1"/,
  },
  {
    what: 'a length of a petabyte',
    make: () => adding({ initializers: [elsewhere('real/weights.bin', { length: '999999999999999' })] }),
    says: /it uses 999999999999999 bytes of "real\/weights\.bin", which has 16/,
  },
  {
    what: 'a key that ONNX does not know',
    make: () => adding({ initializers: [elsewhere('real/weights.bin', { prepacked_0: 'a' })] }),
    says: /"prepacked_0" for its external data/,
  },
  {
    what: 'two locations of one tensor',
    make: () => {
      const entries = ['real/weights.bin', OUTSIDE].map((location) => onnx.entry('location', location));
      const twice = onnx.message((writer) => {
        onnx.put(writer, 13, entries);
        onnx.putInt(writer, 14, 1);
      });
      return adding({ initializers: [twice] });
    },
    says: /two values of "location"/,
  },
];

/** Files that are small and would become large, or never end. */
export const BOMBS: readonly HostileModel[] = [
  { what: 'graphs 3,000 deep', make: () => onnx.model({ graph: nest(3_000) }), says: /nests more than 100/ },
  {
    what: 'types 10,000 deep',
    make: () => {
      let type = onnx.message((writer) => onnx.put(writer, 1, [new Uint8Array(0)]));
      for (let i = 0; i < 5_000; i++) {
        const inner = type;
        type = onnx.message((writer) =>
          onnx.put(writer, 4, [onnx.message((list) => onnx.put(list, 1, [inner]))]),
        );
      }
      const input = onnx.message((writer) => {
        onnx.put(writer, 1, ['x']);
        onnx.put(writer, 2, [type]);
      });
      return adding({ inputs: [input], initializers: [HERE] });
    },
    // How deep a sequence nests matters to nobody who does not open it.
    says: /only tensors are fed/,
  },
  {
    what: 'five million nodes',
    make: () => onnx.model({ graph: Buffer.concat([repeat(1, 5_000_000)]) }),
    says: /more than 100,000 nodes/,
  },
  {
    what: 'five million opsets',
    make: () => Buffer.concat([adding({ initializers: [HERE] }), repeat(8, 5_000_000)]),
    says: /more than 1,000,000 names/,
  },
  {
    what: 'five million entries of external data',
    make: () => adding({ initializers: [Buffer.concat([HERE, repeat(13, 5_000_000)])] }),
    says: /more than 1,000,000 names/,
  },
  {
    what: 'five million dimensions',
    make: () => {
      const dims = Buffer.alloc(10_000_000, Buffer.from([8, 1]));
      return adding({ initializers: [Buffer.concat([dims, HERE])] });
    },
    says: /more than 1,000,000 names/,
  },
  {
    what: 'a tensor of 2^62 elements',
    make: () => adding({ initializers: [onnx.tensor({ name: 'w', dims: [2 ** 31 - 1, 2 ** 31 - 1] })] }),
    says: /elements, more than/,
  },
  {
    what: 'a tensor of more elements than bytes',
    make: () =>
      adding({ initializers: [onnx.tensor({ name: 'w', dims: [1_000_000_000], raw: new Uint8Array(16) })] }),
    says: /claims \[1000000000\] elements in \d+ bytes/,
  },
  {
    what: 'a negative dimension',
    make: () => adding({ initializers: [onnx.tensor({ name: 'w', dims: ['-4'], raw: new Uint8Array(16) })] }),
    says: /a dimension of -4/,
  },
  {
    what: 'a sparse tensor that is huge when dense',
    make: () => adding({ sparse: [sparse(HERE, INDICES, [100_000, 100_000])] }),
    says: /elements, more than 67,108,864/,
  },
  {
    what: 'an input of a billion columns',
    make: () => adding({ inputs: [onnx.value('x', FLOAT, ['N', 1_000_000_000])], initializers: [HERE] }),
    says: /which no table fills/,
  },
  {
    what: 'a negative length of a message',
    make: () => protobuf.Writer.create().uint32(58).int64(-1).finish(),
    says: /cut short, or no protobuf message/,
  },
  {
    what: 'a number without an end',
    make: () => Buffer.concat([Buffer.from([8]), Buffer.alloc(100, 0xff)]),
    says: /cut short, or no protobuf message/,
  },
  {
    what: 'a file that ends too early',
    make: () => adding({ initializers: [HERE] }).subarray(0, 60),
    says: /cut short, or no protobuf message/,
  },
];

/** Files that two readers could understand in two ways, or that ask for code. */
const OTHERS: readonly HostileModel[] = [
  {
    what: 'two graphs, which protobuf would merge',
    make: () => {
      const second = onnx.message((writer) =>
        onnx.put(writer, 7, [onnx.graph({ initializers: [elsewhere(OUTSIDE)] })]),
      );
      return Buffer.concat([adding({ initializers: [HERE] }), second]);
    },
    says: /holds field 7 of a message twice/,
  },
  {
    what: 'a file of ORT format inside one of ONNX',
    make: () => Buffer.concat([Buffer.from('\n\x06\x00\x00ORTM'), adding({ initializers: [HERE] })]),
    says: /\.ort format/,
  },
  {
    what: 'an operator of an unknown domain',
    make: () =>
      adding(
        { nodes: [onnx.node({ op: 'Shell', domain: 'com.example', inputs: ['x'], outputs: ['y'] })] },
        { opsets: { '': 15, 'com.example': 1 } },
      ),
    says: /com\.example\.Shell/,
  },
  {
    what: 'an operator that calls back into Python',
    make: () =>
      adding(
        { nodes: [onnx.node({ op: 'PythonOp', domain: 'com.microsoft', inputs: ['x'], outputs: ['y'] })] },
        { opsets: { '': 15, 'com.microsoft': 1 } },
      ),
    says: /com\.microsoft\.PythonOp/,
  },
  {
    what: 'an unknown operator in a branch',
    make: () => {
      const branch = onnx.graph({ nodes: [onnx.node({ op: 'Shell', domain: 'com.example' })] });
      return adding({
        nodes: [ADD, onnx.node({ op: 'If', attributes: [attributeOf('then_branch', GRAPH, 6, branch)] })],
        initializers: [HERE],
      });
    },
    says: /com\.example\.Shell/,
  },
  {
    what: 'a hostile name of an operator',
    make: () => adding({ nodes: [onnx.node({ op: '\u001b]0;owned\u0007', domain: 'evil\nerror' })] }),
    says: /One node needs/,
  },
];

/** Of the files that they refer to, `test/cli/hostile-models.test.ts` makes those that exist. */
export const HOSTILE_MODELS: readonly HostileModel[] = [...REFERENCES, ...OTHERS];
