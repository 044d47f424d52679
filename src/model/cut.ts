import protobuf from 'protobufjs/minimal.js';
import { Fields, reading } from './fields.js';
import type { OutputSource } from './labels.js';
import { malformed } from './limits.js';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValue } from './onnx.js';
import { buildWiring, operatorOf, originOf, type Wiring } from './wiring.js';

/** An output that no tensor can be made of, and what it is. */
export interface DroppedOutput {
  readonly name: string;
  readonly kind: string;
}

/** A model all of whose outputs are tensors. */
export interface CutModel {
  /** The bytes given, where there was nothing to cut. */
  readonly bytes: Uint8Array;
  /** The outputs that it has now. */
  readonly outputs: readonly OutputSource[];
  readonly zipMaps: readonly string[];
  /** Outputs that were lists of tensors, each of which is an output `<output>_<place>` now. */
  readonly lists: readonly string[];
  readonly dropped: readonly DroppedOutput[];
}

/** Of ONNX' own operators, where a model of other domains only imports none. It has Identity as every later one. */
const IDENTITY_OPSET = 13;
const ALONE: ReadonlySet<string> = new Set(['Identity']);

/** What becomes of an output. */
type Fate =
  | { readonly kind: 'keep' }
  | { readonly kind: 'zipmap'; readonly at: number }
  | { readonly kind: 'list'; readonly at: number; readonly elements: readonly string[] }
  | { readonly kind: 'drop'; readonly what: string };

/**
 * Makes every output a tensor, as onnxruntime for Node gives no other: a ZipMap becomes an Identity, a list of tensors
 * one output each, what else is no tensor is no longer an output. All other bytes of the file stay as they are, so that
 * scores do too.
 *
 * @throws MODEL_INVALID where no output is left
 */
export function cutModel(bytes: Uint8Array, model: OnnxModel): CutModel {
  const { graph } = model;
  const wiring = buildWiring(graph);
  const fates = graph.outputs.map((output) => decide(output, graph, wiring));
  if (fates.every(({ kind }) => kind === 'keep')) {
    const outputs = graph.outputs.map(({ name }) => ({ name, value: name }));
    return { bytes, outputs, zipMaps: [], lists: [], dropped: [] };
  }
  const named = (kind: Fate['kind']) => graph.outputs.filter((_, i) => fates[i]?.kind === kind);
  const outputs = graph.outputs.flatMap(({ name }, i) => toSources(name, fates[i]));
  const dropped = graph.outputs.flatMap(({ name }, i) => {
    const fate = fates[i];
    return fate?.kind === 'drop' ? [{ name, kind: fate.what }] : [];
  });
  if (outputs.length === 0) {
    throw malformed(
      `none of its outputs is a tensor: ${dropped.map(({ name, kind }) => `"${name}" is ${kind}`).join(', ')}`,
    );
  }
  return {
    bytes: reading(() => rewrite(bytes, model, fates)),
    outputs,
    zipMaps: named('zipmap').map(({ name }) => name),
    lists: named('list').map(({ name }) => name),
    dropped,
  };
}

function decide({ name, type }: OnnxValue, graph: OnnxGraph, wiring: Wiring): Fate {
  const made = wiring.producer(originOf(name, ALONE, wiring));
  const operator = made === null ? '' : operatorOf(made.node);
  if (made !== null && operator === 'ai.onnx.ml.ZipMap') {
    const [zipped = ''] = made.node.outputs;
    return isReadOnlyAlone(zipped, wiring)
      ? { kind: 'zipmap', at: made.at }
      : { kind: 'drop', what: 'a ZipMap that the graph itself reads' };
  }
  if (made !== null && operator === 'SequenceConstruct') {
    const elements = made.node.inputs;
    return elements.some((_, i) => isTaken(graph, wiring, `${name}_${i}`))
      ? { kind: 'drop', what: `a list whose elements cannot be named "${name}_0" and so on` }
      : { kind: 'list', at: made.at, elements };
  }
  if (type.kind === 'tensor' || type.kind === 'unknown') return { kind: 'keep' };
  return { kind: 'drop', what: `a ${type.kind === 'other' ? 'value of another kind' : type.kind}` };
}

/** True where only Identity nodes read the value and their outputs: all of these become tensors with it. */
function isReadOnlyAlone(value: string, wiring: Wiring): boolean {
  const waiting = [value];
  const seen = new Set<string>();
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const node of wiring.readers(at)) {
      if (!ALONE.has(operatorOf(node))) return false;
      waiting.push(...node.outputs);
    }
  }
  return true;
}

function isTaken({ inputs, outputs, initializers }: OnnxGraph, wiring: Wiring, name: string): boolean {
  return (
    wiring.producer(name) !== null ||
    initializers.has(name) ||
    [...inputs, ...outputs].some((value) => value.name === name)
  );
}

function toSources(name: string, fate: Fate | undefined): readonly OutputSource[] {
  if (fate?.kind === 'drop') return [];
  if (fate?.kind === 'list') return fate.elements.map((value, i) => ({ name: `${name}_${i}`, value }));
  return [{ name, value: name }];
}

/** Copies the file field by field, with another graph. */
function rewrite(bytes: Uint8Array, model: OnnxModel, fates: readonly Fate[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const fields = new Fields(bytes);
  while (fields.next()) {
    if (fields.number === 7) parts.push(...wrap(7, rewriteGraph(fields.message(), model.graph, fates)));
    else {
      fields.skip();
      parts.push(bytes.subarray(fields.start, fields.end));
    }
  }
  if (!model.opsets.has('')) {
    parts.push(
      ...wrap(8, [protobuf.Writer.create().uint32(10).string('').uint32(16).uint32(IDENTITY_OPSET).finish()]),
    );
  }
  return Buffer.concat(parts);
}

function rewriteGraph(message: Uint8Array, graph: OnnxGraph, fates: readonly Fate[]): readonly Uint8Array[] {
  const zipMaps = new Set(fates.flatMap((fate) => (fate.kind === 'zipmap' ? [fate.at] : [])));
  const parts: Uint8Array[] = [];
  const elements: Uint8Array[] = [];
  let node = 0;
  let output = 0;
  const fields = new Fields(message);
  while (fields.next()) {
    fields.skip();
    const field = message.subarray(fields.start, fields.end);
    if (fields.number === 1) {
      const written = graph.nodes[node];
      parts.push(...(zipMaps.has(node) && written !== undefined ? toIdentity(written) : [field]));
      node++;
    } else if (fields.number === 12) {
      const [fate, value] = [fates[output], graph.outputs[output]];
      if (fate?.kind === 'keep') parts.push(field);
      for (const { name, value: from } of fate?.kind === 'keep' ? [] : toSources(value?.name ?? '', fate)) {
        // Without a type: onnxruntime finds it.
        parts.push(...wrap(12, [protobuf.Writer.create().uint32(10).string(name).finish()]));
        if (fate?.kind === 'list') elements.push(...toIdentity({ name, inputs: [from], outputs: [name] }));
      }
      output++;
    } else parts.push(field);
  }
  return [...parts, ...elements];
}

/** A node that hands its first input on under the name of its first output. */
function toIdentity({
  name,
  inputs,
  outputs,
}: Pick<OnnxNode, 'name' | 'inputs' | 'outputs'>): readonly Uint8Array[] {
  const writer = protobuf.Writer.create();
  writer.uint32(10).string(inputs[0] ?? '');
  writer.uint32(18).string(outputs[0] ?? '');
  if (name !== '') writer.uint32(26).string(name);
  return wrap(1, [writer.uint32(34).string('Identity').finish()]);
}

/** A field that holds the parts as one message. */
function wrap(field: number, parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [
    protobuf.Writer.create()
      .uint32((field << 3) | 2)
      .uint32(length)
      .finish(),
    ...parts,
  ];
}
