import type { Widths } from './bind-outputs.js';
import type { TensorInfo, TokenLayout } from './scoring-spec.js';

/** What is known of a text model's tokenizer. */
export interface TokenizerFacts extends Omit<TokenLayout, 'fixedLength' | 'fixedRows'> {
  readonly file: string;
  readonly sha256: string;
  /** The source column that holds the text. */
  readonly column: string;
  /** Tokens that every text gets beside its own, such as [CLS] and [SEP]. */
  readonly specialTokens: number;
  /** What the engine says against texts of that length; null where it takes them. */
  readonly refusal: string | null;
  /** The library that reads it, with its version. */
  readonly engine: string;
}

/** The classes that the values of an output stand for, in their order. */
export interface Labels {
  /** What the model gives as a label; an integer is held as decimal text, which keeps every digit. */
  readonly type: 'text' | 'int64';
  readonly values: readonly string[];
}

/** Where the trees of a model split a column, ascending and each once; null where no tree does, or it is not known. */
export type Thresholds = readonly (Float32Array | null)[];

/** What a score worker opens: bytes, or a file where the model has others beside it. */
export type ModelSource =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string };

/** What the engine runs a model on. */
export type Provider = 'cpu' | 'cuda' | 'coreml' | 'dml';

/** A model as a score worker opens it, on the processor where no provider is named. */
export type WorkerModel = ModelSource & { readonly provider?: Provider };

/** What the graph tells, which onnxruntime does not. */
export interface GraphFacts {
  /**
   * Class labels by output, for those with one value per class. Of as many labels as the output has values, where a
   * probe has told its width.
   */
  readonly labels: Readonly<Record<string, Labels>>;
  /** Outputs that were a ZipMap before it was cut out of the graph; they are tensors now, and have labels. */
  readonly zipMaps: readonly string[];
  /**
   * Thresholds of float32 tree splits by model input, one entry per column of the input. Only of columns that reach the
   * trees unchanged but for a cast to float32; an input without any is left out.
   */
  readonly thresholds: Readonly<Record<string, Thresholds>>;
  /** True where the model looks at all rows of a call before it scores one of them, as dynamic quantisation does. */
  readonly mixesRows: boolean;
}

/** Without the labels of outputs that give another number of values. */
export function fitLabels(facts: GraphFacts, widths: Widths): GraphFacts {
  const fits = ([output, { values }]: [string, Labels]) =>
    (widths[output] ?? values.length) === values.length;
  return { ...facts, labels: Object.fromEntries(Object.entries(facts.labels).filter(fits)) };
}

/** What is known of one model of a target before a plan is made. */
export interface ModelFacts extends GraphFacts {
  /** Of `models:`, the prefix of its columns; null for the one model of a target. */
  readonly name: string | null;
  readonly uri: string;
  readonly sha256: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly widths: Widths;
  /** Of one worker; null where the model does not take made-up rows. */
  readonly rowsPerSecond: number | null;
  /** Of a text model, else null. */
  readonly tokenizer: TokenizerFacts | null;
}
