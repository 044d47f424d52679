import protobuf from 'protobufjs/minimal.js';

/** Writes ONNX files field by field, also such as no library would write. */

export interface TensorParts {
  readonly name?: string;
  readonly type?: number;
  readonly dims?: readonly (number | string)[];
  readonly raw?: Uint8Array;
  readonly strings?: readonly string[];
  /** Entries of external_data; with it, data_location says that the data is elsewhere. */
  readonly external?: Readonly<Record<string, string>>;
  /** `data_location`, where another one than `external` means. */
  readonly location?: number;
}

export interface NodeParts {
  readonly op: string;
  readonly domain?: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  /** AttributeProtos, as `attribute` makes them. */
  readonly attributes?: readonly Uint8Array[];
}

export interface GraphParts {
  readonly nodes?: readonly Uint8Array[];
  readonly initializers?: readonly Uint8Array[];
  readonly sparse?: readonly Uint8Array[];
  readonly inputs?: readonly Uint8Array[];
  readonly outputs?: readonly Uint8Array[];
}

export interface ModelParts {
  readonly ir?: number;
  readonly producer?: string;
  readonly opsets?: Readonly<Record<string, number>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly graph: Uint8Array;
  readonly functions?: readonly Uint8Array[];
  readonly training?: readonly Uint8Array[];
}

/** One message: what `write` writes into it. */
export function message(write: (writer: protobuf.Writer) => void): Uint8Array {
  const writer = protobuf.Writer.create();
  write(writer);
  return writer.finish();
}

/** A field of bytes, texts or messages, as often as there are values. */
export function put(writer: protobuf.Writer, field: number, values: readonly (Uint8Array | string)[]): void {
  for (const value of values) {
    writer.uint32((field << 3) | 2);
    if (typeof value === 'string') writer.string(value);
    else writer.bytes(value);
  }
}

export function putInt(writer: protobuf.Writer, field: number, value: number | string): void {
  writer.uint32(field << 3).int64(value as number);
}

export function entry(key: string, value: string): Uint8Array {
  return message((writer) => {
    put(writer, 1, [key]);
    put(writer, 2, [value]);
  });
}

export function tensor({ name = '', type = 1, dims = [], ...parts }: TensorParts): Uint8Array {
  return message((writer) => {
    for (const dim of dims) putInt(writer, 1, dim);
    putInt(writer, 2, type);
    put(writer, 6, parts.strings ?? []);
    put(writer, 8, [name]);
    if (parts.raw !== undefined) put(writer, 9, [parts.raw]);
    const entries = Object.entries(parts.external ?? {}).map(([key, value]) => entry(key, value));
    put(writer, 13, entries);
    const location = parts.location ?? (parts.external === undefined ? 0 : 1);
    if (location !== 0) putInt(writer, 14, location);
  });
}

export function sparseTensor(values: Uint8Array, indices: Uint8Array, dims: readonly number[]): Uint8Array {
  return message((writer) => {
    put(writer, 1, [values]);
    put(writer, 2, [indices]);
    for (const dim of dims) putInt(writer, 3, dim);
  });
}

/** An attribute whose value is written by `write`; `kind` is AttributeProto's number of the type. */
export function attribute(name: string, kind: number, write: (writer: protobuf.Writer) => void): Uint8Array {
  return message((writer) => {
    put(writer, 1, [name]);
    write(writer);
    putInt(writer, 20, kind);
  });
}

export const ints = (name: string, values: readonly (number | string)[]) =>
  attribute(name, 7, (writer) => {
    for (const value of values) putInt(writer, 8, value);
  });
export const int = (name: string, value: number) => attribute(name, 2, (writer) => putInt(writer, 3, value));
export const floats = (name: string, values: readonly number[]) =>
  attribute(name, 6, (writer) => {
    for (const value of values) writer.uint32((7 << 3) | 5).float(value);
  });
export const texts = (name: string, values: readonly string[]) =>
  attribute(name, 8, (writer) => put(writer, 9, values));
export const text = (name: string, value: string) => attribute(name, 3, (writer) => put(writer, 4, [value]));

export function node({ op, domain, inputs = [], outputs = [], attributes = [] }: NodeParts): Uint8Array {
  return message((writer) => {
    put(writer, 1, inputs);
    put(writer, 2, outputs);
    put(writer, 4, [op]);
    put(writer, 5, attributes);
    if (domain !== undefined) put(writer, 7, [domain]);
  });
}

/** A value of a tensor type; a dimension's name is a symbolic one. */
export function value(name: string, type: number, shape: readonly (number | string)[]): Uint8Array {
  const dims = shape.map((dim) =>
    message((writer) => (typeof dim === 'number' ? putInt(writer, 1, dim) : put(writer, 2, [dim]))),
  );
  const tensorType = message((writer) => {
    putInt(writer, 1, type);
    put(writer, 2, [message((inner) => put(inner, 1, dims))]);
  });
  return typedValue(
    name,
    message((writer) => put(writer, 1, [tensorType])),
  );
}

/** A sequence of float tensors. */
export function sequence(name: string): Uint8Array {
  const floatTensor = message((writer) => put(writer, 1, [message((inner) => putInt(inner, 1, 1))]));
  const type = message((writer) => put(writer, 1, [floatTensor]));
  return typedValue(
    name,
    message((writer) => put(writer, 4, [type])),
  );
}

function typedValue(name: string, type: Uint8Array): Uint8Array {
  return message((writer) => {
    put(writer, 1, [name]);
    put(writer, 2, [type]);
  });
}

export function graph({
  nodes = [],
  initializers = [],
  sparse = [],
  inputs = [],
  outputs = [],
}: GraphParts): Uint8Array {
  return message((writer) => {
    put(writer, 1, nodes);
    put(writer, 2, ['graph']);
    put(writer, 5, initializers);
    put(writer, 11, inputs);
    put(writer, 12, outputs);
    put(writer, 15, sparse);
  });
}

export function model({ ir = 8, producer = 'test', opsets = { '': 15 }, ...parts }: ModelParts): Uint8Array {
  return message((writer) => {
    putInt(writer, 1, ir);
    put(writer, 2, [producer]);
    put(writer, 7, [parts.graph]);
    for (const [domain, version] of Object.entries(opsets)) {
      put(writer, 8, [
        message((inner) => {
          put(inner, 1, [domain]);
          putInt(inner, 2, version);
        }),
      ]);
    }
    put(
      writer,
      14,
      Object.entries(parts.metadata ?? {}).map(([key, value]) => entry(key, value)),
    );
    put(writer, 20, parts.training ?? []);
    put(writer, 25, parts.functions ?? []);
  });
}
