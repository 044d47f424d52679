import { Fields, reading } from './fields.js';
import { Limits, malformed } from './limits.js';
import type { OnnxGraph, OnnxModel } from './onnx.js';
import { type GraphSink, readGraph, readNode, scanAttribute, toDomain } from './read-graph.js';

/** Where onnxruntime looks for the mark of its own file format, which is no protobuf. */
const ORT_FORMAT = { at: 4, mark: 'ORTM' } as const;

/**
 * Reads a model's graph from its file's bytes. Values of tensors are neither decoded nor copied.
 *
 * A reader of our own on protobufjs' wire reader, field by field: a generated decoder would make objects of every
 * weight, and merges and recurses as the file asks it to.
 *
 * @throws MODEL_INVALID where the file is no model, is cut short, or nests and claims more than a model needs
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  const mark = Buffer.from(bytes.subarray(ORT_FORMAT.at, ORT_FORMAT.at + ORT_FORMAT.mark.length));
  if (mark.toString('latin1') === ORT_FORMAT.mark) {
    throw malformed('it is in the .ort format, which scorehouse does not read');
  }
  return reading(() => readFields(bytes));
}

function readFields(bytes: Uint8Array): OnnxModel {
  const sink: GraphSink = { limits: new Limits(), external: [], operators: new Map() };
  const head = {
    irVersion: 0n,
    producer: '',
    producerVersion: '',
    domain: '',
    modelVersion: 0n,
    description: '',
  };
  const opsets = new Map<string, bigint>();
  const metadata: (readonly [string, string])[] = [];
  const functions = new Set<string>();
  let graph: OnnxGraph | null = null;
  const fields = new Fields(bytes);
  while (fields.next()) {
    switch (fields.number) {
      case 1:
        head.irVersion = fields.integer();
        break;
      case 2:
        head.producer = fields.prose();
        break;
      case 3:
        head.producerVersion = fields.prose();
        break;
      case 4:
        head.domain = fields.prose();
        break;
      case 5:
        head.modelVersion = fields.integer();
        break;
      case 6:
        head.description = fields.prose();
        break;
      case 7:
        graph = readGraph(fields.message(), 1, sink);
        break;
      case 8: {
        sink.limits.countKept();
        const [domain, version] = readOpset(fields.bytes());
        opsets.set(domain, version);
        break;
      }
      case 14:
        sink.limits.countKept();
        metadata.push(readMetadata(fields.bytes()));
        break;
      case 20:
        readTraining(fields.bytes(), sink);
        break;
      case 25:
        sink.limits.countKept();
        functions.add(readFunction(fields.bytes(), sink));
        break;
    }
  }
  if (graph === null) throw malformed('it holds no graph');
  const { external, operators } = sink;
  return { ...head, opsets, metadata, graph, functions, external, operators: [...operators.values()] };
}

/** An OperatorSetIdProto. */
function readOpset(message: Uint8Array): readonly [domain: string, version: bigint] {
  let domain = '';
  let version = 0n;
  const fields = new Fields(message);
  while (fields.next()) {
    if (fields.number === 1) domain = toDomain(fields.text());
    else if (fields.number === 2) version = fields.integer();
  }
  return [domain, version];
}

/** A StringStringEntryProto that people read. */
function readMetadata(message: Uint8Array): readonly [key: string, value: string] {
  let key = '';
  let value = '';
  const fields = new Fields(message);
  while (fields.next()) {
    if (fields.number === 1) key = fields.prose();
    else if (fields.number === 2) value = fields.prose();
  }
  return [key, value];
}

/** A TrainingInfoProto: graphs that scoring never runs, but that a reader may open. */
function readTraining(message: Uint8Array, sink: GraphSink): void {
  const fields = new Fields(message);
  while (fields.next()) {
    if (fields.number === 1 || fields.number === 2) readGraph(fields.message(), 2, sink);
  }
}

/** A FunctionProto, as `domain:name`. */
function readFunction(message: Uint8Array, sink: GraphSink): string {
  let name = '';
  let domain = '';
  const fields = new Fields(message);
  while (fields.next()) {
    if (fields.number === 1) name = fields.text();
    else if (fields.number === 7) readNode(fields.bytes(), 2, sink);
    else if (fields.number === 10) domain = toDomain(fields.text());
    else if (fields.number === 11) scanAttribute(fields.bytes(), 2, sink);
  }
  return `${domain}:${name}`;
}
