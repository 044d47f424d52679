import type { OnnxGraph, OnnxNode } from './onnx.js';

/** Which node makes a value, and what reads it. */
export interface Wiring {
  /** The node that gives the value, and the place among its outputs; null for inputs and initializers. */
  producer(value: string): Produced | null;
  /** How many nodes of the graph read the value, subgraphs not counted. */
  readers(value: string): number;
}

export interface Produced {
  readonly node: OnnxNode;
  /** The node's place in the graph. */
  readonly at: number;
  readonly output: number;
}

/** Looks through the nodes once. */
export function buildWiring({ nodes }: OnnxGraph): Wiring {
  const producers = new Map<string, Produced>();
  const readers = new Map<string, number>();
  nodes.forEach((node, at) => {
    node.outputs.forEach((value, output) => {
      if (value !== '') producers.set(value, { node, at, output });
    });
    for (const value of node.inputs) readers.set(value, (readers.get(value) ?? 0) + 1);
  });
  return { producer: (value) => producers.get(value) ?? null, readers: (value) => readers.get(value) ?? 0 };
}

/** The operator with its domain, as messages and tables name it: `Identity`, `ai.onnx.ml.ZipMap`. */
export function operatorOf({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): string {
  return domain === '' ? op : `${domain}.${op}`;
}
