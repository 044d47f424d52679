import type { OnnxGraph, OnnxNode } from './onnx.js';

/** Which node makes a value, and what reads it. */
export interface Wiring {
  /** The node that gives the value, and the place among its outputs; null for inputs and initializers. */
  producer(value: string): Produced | null;
  /** The nodes that read the value, those of subgraphs not counted. */
  readers(value: string): readonly OnnxNode[];
  /** True for a value that the model holds itself. */
  isConstant(value: string): boolean;
}

export interface Produced {
  readonly node: OnnxNode;
  /** The node's place in the graph. */
  readonly at: number;
  readonly output: number;
}

/** Looks through the nodes once. */
export function buildWiring({ nodes, initializers }: OnnxGraph): Wiring {
  const producers = new Map<string, Produced>();
  const readers = new Map<string, OnnxNode[]>();
  nodes.forEach((node, at) => {
    node.outputs.forEach((value, output) => {
      if (value !== '') producers.set(value, { node, at, output });
    });
    for (const value of node.inputs) {
      const known = readers.get(value);
      if (known === undefined) readers.set(value, [node]);
      else known.push(node);
    }
  });
  return {
    producer: (value) => producers.get(value) ?? null,
    readers: (value) => readers.get(value) ?? [],
    isConstant: (value) => initializers.has(value) || producers.get(value)?.node.op === 'Constant',
  };
}

/** The value that this one is made of, through operators of those only: by their first input that is no constant. */
export function originOf(value: string, through: ReadonlySet<string>, wiring: Wiring): string {
  let at = value;
  for (;;) {
    const made = wiring.producer(at);
    if (made === null || !through.has(operatorOf(made.node))) return at;
    const next = made.node.inputs.find((input) => !wiring.isConstant(input));
    if (next === undefined) return at;
    at = next;
  }
}

/** The operator with its domain, as messages and tables name it: `Identity`, `ai.onnx.ml.ZipMap`. */
export function operatorOf({ domain, op }: Pick<OnnxNode, 'domain' | 'op'>): string {
  return domain === '' ? op : `${domain}.${op}`;
}
