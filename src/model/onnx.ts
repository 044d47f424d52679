/** ONNX' numbers of element types. */
export const ELEMENT = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
} as const;

/** The name of an element type; its number where ONNX has more than these. */
export function elementName(type: number): string {
  return Object.entries(ELEMENT).find(([, number]) => number === type)?.[0] ?? `type ${type}`;
}

/** Part of a file beside the model, which onnxruntime would open. */
export interface ExternalData {
  /** The tensor, for messages. */
  readonly tensor: string;
  /** As the model writes it. */
  readonly location: string;
  readonly offset: number;
  /** Null reads to the end of the file. */
  readonly length: number | null;
}

/** A tensor that the model holds. Its values stay where they are. */
export interface OnnxTensor {
  readonly name: string;
  /** One of `ELEMENT`, or a number that only lint looks at. */
  readonly type: number;
  readonly dims: readonly number[];
  /** Its message in the file. */
  readonly message: Uint8Array;
}

/** What an input, output or value is. */
export type OnnxType =
  | { readonly kind: 'tensor'; readonly element: number; readonly shape: readonly (number | string)[] | null }
  /** A sequence, map, optional or sparse tensor, which no column can hold. */
  | { readonly kind: 'sequence' | 'map' | 'other' }
  | { readonly kind: 'unknown' };

/** An input or output of the graph. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
}

/** One operation of the graph. An attribute is its message, decoded by whoever wants to know. */
export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** Empty for ONNX' own operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Uint8Array>;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  /** Without those that an initializer has the value of. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
}

/** How often an operator stands in the model, its subgraphs and functions included. */
export interface OperatorUse {
  readonly op: string;
  readonly domain: string;
  readonly count: number;
}

/** A model as its file says it, weights left where they are. */
export interface OnnxModel {
  readonly irVersion: bigint;
  readonly producer: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: bigint;
  readonly description: string;
  /** Versions of the operators by domain; `''` is ONNX' own. */
  readonly opsets: ReadonlyMap<string, bigint>;
  readonly metadata: readonly (readonly [key: string, value: string])[];
  readonly graph: OnnxGraph;
  readonly operators: readonly OperatorUse[];
  /** Functions that the model brings along, as `domain:name`. */
  readonly functions: ReadonlySet<string>;
  /** Every reference to another file, wherever it stands in the model. */
  readonly external: readonly ExternalData[];
}
