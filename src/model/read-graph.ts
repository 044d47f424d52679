import { Fields } from './fields.js';
import { type Limits, malformed } from './limits.js';
import type { ExternalData, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue, OperatorUse } from './onnx.js';
import { readSparseTensor, readTensor } from './read-tensor.js';
import { readValue } from './read-type.js';

/** What reading the graphs of one model gathers, wherever they nest. */
export interface GraphSink {
  readonly limits: Limits;
  readonly external: ExternalData[];
  /** By domain and name. */
  readonly operators: Map<string, OperatorUse>;
}

/** Reads a GraphProto, and all graphs within. */
export function readGraph(message: Uint8Array, depth: number, sink: GraphSink): OnnxGraph {
  sink.limits.assertDepth(depth);
  const nodes: OnnxNode[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const initializers = new Map<string, OnnxTensor>();
  const keep = (tensor: OnnxTensor | null) => {
    sink.limits.countKept();
    if (tensor !== null) initializers.set(tensor.name, tensor);
  };
  const fields = new Fields(message);
  while (fields.next()) {
    switch (fields.number) {
      case 1:
        nodes.push(readNode(fields.bytes(), depth + 1, sink));
        break;
      case 5:
        keep(readTensor(fields.bytes(), depth + 1, sink));
        break;
      case 11:
        inputs.push(readValue(fields.bytes(), depth + 1, sink.limits));
        break;
      case 12:
        outputs.push(readValue(fields.bytes(), depth + 1, sink.limits));
        break;
      case 15:
        keep(readSparseTensor(fields.bytes(), depth + 1, sink));
        break;
    }
  }
  return { nodes, inputs: inputs.filter(({ name }) => !initializers.has(name)), outputs, initializers };
}

/** Reads a NodeProto; its attributes are looked through for graphs and tensors, not decoded. */
export function readNode(message: Uint8Array, depth: number, sink: GraphSink): OnnxNode {
  sink.limits.assertDepth(depth);
  sink.limits.countNode();
  const node = { name: '', op: '', domain: '' };
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Uint8Array>();
  const fields = new Fields(message);
  while (fields.next()) {
    sink.limits.countKept();
    switch (fields.number) {
      case 1:
        inputs.push(fields.text());
        break;
      case 2:
        outputs.push(fields.text());
        break;
      case 3:
        node.name = fields.text();
        break;
      case 4:
        node.op = fields.text();
        break;
      case 5: {
        const attribute = fields.bytes();
        attributes.set(scanAttribute(attribute, depth + 1, sink), attribute);
        break;
      }
      case 7:
        node.domain = toDomain(fields.text());
        break;
    }
  }
  countOperator(sink, node.domain, node.op);
  return { ...node, inputs, outputs, attributes };
}

/** `ai.onnx` is the long name of ONNX' own domain. */
export function toDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function countOperator({ operators }: GraphSink, domain: string, op: string): void {
  const key = `${domain}:${op}`;
  operators.set(key, { op, domain, count: (operators.get(key)?.count ?? 0) + 1 });
}

/** Reads what an AttributeProto nests; gives its name. */
export function scanAttribute(message: Uint8Array, depth: number, sink: GraphSink): string {
  sink.limits.assertDepth(depth);
  let name = '';
  const fields = new Fields(message);
  while (fields.next()) {
    switch (fields.number) {
      case 1:
        name = fields.text();
        break;
      case 5:
        readTensor(fields.message(), depth + 1, sink);
        break;
      case 6:
        readGraph(fields.message(), depth + 1, sink);
        break;
      case 10:
        readTensor(fields.bytes(), depth + 1, sink);
        break;
      case 11:
        readGraph(fields.bytes(), depth + 1, sink);
        break;
      case 22:
        readSparseTensor(fields.message(), depth + 1, sink);
        break;
      case 23:
        readSparseTensor(fields.bytes(), depth + 1, sink);
        break;
    }
  }
  if (name === '') throw malformed('it has an attribute without a name');
  return name;
}
