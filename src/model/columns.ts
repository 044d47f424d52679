import { readInt, readInt64Texts, readTexts } from './attributes.js';
import { ELEMENT, type OnnxGraph, type OnnxNode } from './onnx.js';
import { readIntegers } from './tensor-values.js';
import { operatorOf, type Wiring } from './wiring.js';

/** A column of a model's input; null for a value that the graph made of several, or changed. */
export type Origin = { readonly input: string; readonly column: number } | null;

/** Operators between inputs and trees that are followed; more means a graph that nobody draws by hand. */
const MOST_STEPS = 10_000;

/** Finds, for the columns of a value in the graph, the columns of the model's inputs that they are. */
export class ColumnTracer {
  readonly #graph: OnnxGraph;
  readonly #wiring: Wiring;
  readonly #known = new Map<string, readonly Origin[] | null>();
  #steps = 0;

  constructor(graph: OnnxGraph, wiring: Wiring) {
    this.#graph = graph;
    this.#wiring = wiring;
  }

  /** One origin per column; null where not even the number of columns is known. */
  trace(value: string): readonly Origin[] | null {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    // Also what a graph that runs in a circle finds.
    this.#known.set(value, null);
    const found = ++this.#steps > MOST_STEPS ? null : this.#follow(value);
    this.#known.set(value, found);
    return found;
  }

  #follow(value: string): readonly Origin[] | null {
    const input = this.#graph.inputs.find(({ name }) => name === value);
    if (input !== undefined) {
      const width = input.type.kind === 'tensor' ? widthOf(input.type.shape) : null;
      return width === null ? null : Array.from({ length: width }, (_, column) => ({ input: value, column }));
    }
    const made = this.#wiring.producer(value);
    return made === null ? null : this.#through(made.node);
  }

  #through(node: OnnxNode): readonly Origin[] | null {
    const first = () => this.trace(node.inputs[0] ?? '');
    switch (operatorOf(node)) {
      case 'Identity':
        return first();
      case 'Cast':
        return readInt(node, 'to') === ELEMENT.float ? first() : blank(first());
      case 'Concat':
        return this.#concat(node);
      case 'ai.onnx.ml.ArrayFeatureExtractor':
        return this.#pick(node);
      case 'Gather':
        return readInt(node, 'axis') === 1 ? this.#pick(node) : null;
      case 'ai.onnx.ml.Scaler':
      case 'ai.onnx.ml.Imputer':
        return blank(first());
      case 'ai.onnx.ml.OneHotEncoder':
        return oneHot(node, first());
      default:
        return null;
    }
  }

  #concat(node: OnnxNode): readonly Origin[] | null {
    const axis = readInt(node, 'axis');
    if (axis !== 1 && axis !== -1) return null;
    const parts = node.inputs.map((input) => this.trace(input));
    return parts.every((part) => part !== null) ? parts.flat() : null;
  }

  #pick(node: OnnxNode): readonly Origin[] | null {
    const from = this.trace(node.inputs[0] ?? '');
    const tensor = this.#graph.initializers.get(node.inputs[1] ?? '');
    const places = tensor === undefined ? null : readIntegers(tensor);
    return from === null || places === null ? null : places.map((place) => from[Number(place)] ?? null);
  }
}

/** Columns of `[rows, n]`; of `[rows]` one. */
function widthOf(shape: readonly (number | string)[] | null): number | null {
  if (shape === null || shape.length === 0 || shape.length > 2) return null;
  const [, columns = 1] = shape;
  return typeof columns === 'number' && columns > 0 && columns <= 100_000 ? columns : null;
}

/** As many columns, whose values are others. */
function blank(columns: readonly Origin[] | null): readonly Origin[] | null {
  return columns?.map(() => null) ?? null;
}

/** One column per category of each column. */
function oneHot(node: OnnxNode, columns: readonly Origin[] | null): readonly Origin[] | null {
  const categories = readTexts(node, 'cats_strings') ?? readInt64Texts(node, 'cats_int64s');
  if (columns?.length !== 1 || categories === null) return null;
  return categories.map(() => null);
}
