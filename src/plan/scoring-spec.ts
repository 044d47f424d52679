import type { CanonicalType } from '../contract/index.js';
import type { Labels } from './model-facts.js';

/** Element types of the tensors that are taken and given, in onnxruntime's words. */
export type ElementType = 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'string';

/** An input or output of the graph as onnxruntime describes it. A dimension's name is a symbolic one. */
export interface TensorInfo {
  readonly name: string;
  /** Null for what is no tensor. */
  readonly type: string | null;
  readonly shape: readonly (string | number)[];
}

/** A value that takes the place of another. */
export interface Replacement {
  readonly kind: 'value';
  readonly value: string | number | boolean;
}

/** What becomes of a NULL feature. NaN is a missing value too, but for `fail` without `nan`. */
export type NullPolicy =
  | { readonly kind: 'fail'; readonly nan?: true }
  | { readonly kind: 'nan' }
  | { readonly kind: 'quarantine' }
  | Replacement;

/** The values of a feature that the model knows. */
export interface AllowedValues {
  /** Texts of a text column, integers in decimal of an integer one, `true` and `false` of a boolean one. */
  readonly values: readonly string[];
  readonly unseen: { readonly kind: 'pass' | 'quarantine' } | Replacement;
}

/** Why a row is rejected. `engine`: onnxruntime does not take it. */
export type RejectReason = 'null' | 'unseen' | 'range' | 'engine';

/** One column of a tensor. */
export interface FeatureSpec {
  /** The column's name, for messages. */
  readonly column: string;
  /** What the target calls the feature, where that is not the column's name. */
  readonly name?: string;
  /** Its place among the columns that a worker is sent. */
  readonly index: number;
  readonly type: CanonicalType;
  readonly nulls: NullPolicy;
  /** Any value where left out. */
  readonly allowed?: AllowedValues;
  /** Lowest and highest value; a row outside is rejected. */
  readonly range?: readonly [number, number];
}

/** One model input: a matrix [rows, n] row by row, or a single column [rows] or [rows, 1]. */
export interface TensorSpec {
  readonly input: string;
  readonly element: ElementType;
  readonly rank: 1 | 2;
  readonly features: readonly FeatureSpec[];
}

/** Platt's a and b: a score x becomes 1 / (1 + exp(a x + b)). */
export type Sigmoid = readonly [a: number, b: number];

/** A row's score among the elements that an output gives. */
export interface ScoreRead {
  /** Its place; null where a row has one element. */
  readonly element: number | null;
  /** What corrects it first. */
  readonly sigmoid?: Sigmoid;
}

/** A name for the scores up to a bound. */
export interface Band {
  readonly name: string;
  readonly upTo: number;
}

/** How a row's value is made from the tensor that an output gives. */
export type OutputRead =
  | ({ readonly kind: 'value' } & ScoreRead)
  /** All of a row's elements. */
  | { readonly kind: 'array' }
  /** True from a score on. */
  | ({ readonly kind: 'threshold'; readonly from: number } & ScoreRead)
  /** The first band whose bound the score does not pass; the last one takes what passes it by `tolerance` or less. */
  | ({ readonly kind: 'bands'; readonly bands: readonly Band[]; readonly tolerance: number } & ScoreRead)
  /** Label or score of the class in a place, from 0, among the `k` best. */
  | ({ readonly kind: 'top'; readonly k: number; readonly place: number } & Pick<ScoreRead, 'sigmoid'> &
      (
        | { readonly give: 'score' }
        /** Without labels, the class's index from 0. */
        | { readonly give: 'label'; readonly labels: Labels | null }
      ));

/** One column of the predictions. */
export interface OutputSpec {
  readonly column: string;
  /** The model's place in `ScoringSpec.models`. */
  readonly model: number;
  /** The graph's output. */
  readonly from: string;
  readonly read: OutputRead;
  readonly type: CanonicalType;
  /** What becomes of NaN and infinity; `keep` where the column says nothing of its own about them. */
  readonly nonfinite: 'fail' | 'null' | 'keep';
  /** Smallest and largest value that may be published; null leaves the end open. */
  readonly range: {
    readonly min: number | null;
    readonly max: number | null;
    readonly tolerance: number;
  } | null;
}

/** An input of a text model that tokens fill. */
export interface TokenInput {
  readonly input: string;
  /** `ids` of the tokens, `mask` 1 where there is one, `types` 0 in the first sequence. */
  readonly fill: 'ids' | 'mask' | 'types';
  readonly element: 'int64' | 'int32';
}

/** How tokens are cut and padded. */
export interface TokenLayout {
  /** Most tokens of a text, special ones counted; longer texts are cut. */
  readonly maxLength: number;
  /** The one length that the model takes; null where it takes any. */
  readonly fixedLength: number | null;
  /** The one number of texts that the model takes at a time; null where it takes any. */
  readonly fixedRows: number | null;
  /** The side on which texts are cut and padded. */
  readonly truncateLeft: boolean;
  readonly padLeft: boolean;
  readonly padId: number;
  readonly padTypeId: number;
}

/** How a text model is fed: the column becomes tokens, and the tokens fill its inputs. */
export interface TextSpec extends TokenLayout {
  readonly feature: FeatureSpec;
  /** Of the tokenizer.json. */
  readonly tokenizerSha256: string;
  readonly inputs: readonly TokenInput[];
  /** Tokens of every inference, padding counted: short texts are scored many at a time, long ones two. */
  readonly blockTokens: number;
}

/** One model of a target, as a score worker feeds it. */
export interface ModelSpec {
  /** Empty for a text model. */
  readonly tensors: readonly TensorSpec[];
  /** Null for a model that takes columns as they are. */
  readonly text: TextSpec | null;
  /**
   * Rows of every inference; the last block is padded, so that no score depends on chunking. Of a text model the most:
   * how many are taken depends on their length.
   */
  readonly blockRows: number;
}

/** All that a score worker has to know. */
export interface ScoringSpec {
  /** In the target's order; all are scored in one pass over the same columns. */
  readonly models: readonly ModelSpec[];
  /** The prediction columns, in order. */
  readonly outputs: readonly OutputSpec[];
}
