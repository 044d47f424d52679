import type { Secret } from '../contract/index.js';

/** `schema`, in a `database` where one is named. */
export interface SchemaName {
  readonly database?: string;
  readonly schema: string;
}

/** A table as the user named it; parts left out are the connection's own. */
export interface TableName {
  readonly database?: string;
  readonly schema?: string;
  readonly name: string;
}

/** A value of a column, or of a var. */
export type Scalar = string | number | boolean;

export interface ResolvedWarehouse {
  readonly name: string;
  readonly kind: string;
  readonly outputSchema: SchemaName;
  /** What the kind's own schema made of its keys; for the adapter that connects with it. */
  readonly config: Secret<unknown>;
}

/** scorehouse.yml with every default applied. */
export interface ResolvedProject {
  readonly name: string;
  /** Absolute path of the project folder. */
  readonly dir: string;
  /** Absolute path of scorehouse.yml. */
  readonly file: string;
  readonly warehouses: ReadonlyMap<string, ResolvedWarehouse>;
  readonly defaultWarehouse: string;
  readonly ledgerSchema: SchemaName;
  readonly vars: Readonly<Record<string, Scalar>>;
  /** Values from the environment in `warehouses` and `alerts`, and written passwords: never to be shown. */
  readonly secrets: readonly Secret[];
}

export type ResolvedSource =
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'table'; readonly table: TableName }
  /** A path or glob as written, relative to the project folder. */
  | { readonly kind: 'file'; readonly path: string };

/** Where the bytes of a model are. */
export type ModelPlace =
  /** An absolute path. */
  | { readonly kind: 'file'; readonly path: string }
  /** An address, with whatever in it is a secret; `allowPrivate` where it may be one of a private network. */
  | { readonly kind: 'https'; readonly url: string; readonly allowPrivate: boolean };

export interface ResolvedModel {
  /** Of `models:`, the prefix of its columns; null for the one model of a target. */
  readonly name: string | null;
  /** As written, but for what may be a signature in an address. */
  readonly uri: string;
  readonly place: ModelPlace;
  /** Lower-case hexadecimal. */
  readonly sha256?: string;
  /** True allows weights in files beside the model. */
  readonly externalData: boolean;
  /** What the engine runs it on. */
  readonly provider: 'cpu' | 'cuda' | 'coreml' | 'dml';
  /** Of a text model. */
  readonly tokenizer?: ResolvedTokenizer;
}

/** What turns a text column into a text model's tokens. */
export interface ResolvedTokenizer {
  /** As written. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  readonly column: string;
  /** Most tokens of a text; the tokenizer's own where left out. */
  readonly maxLength?: number;
}

export type NullPolicy = 'fail' | 'nan' | 'quarantine' | { readonly value: Scalar };

/** What becomes of a value that is not among those allowed. */
export type UnseenPolicy = 'pass' | 'quarantine' | { readonly value: Scalar };

export interface ResolvedFeature {
  /** The model's input; null in a list, which follows the model's order. */
  readonly input: string | null;
  readonly column: string;
  /** ONNX tensor type to convert to; what the model asks where left out. */
  readonly type?: string;
  /** Left out, a NULL fails the run and NaN is a value like others. */
  readonly nulls?: NullPolicy;
  /** The values that the model knows; any where left out. */
  readonly allowed?: readonly Scalar[];
  /** `quarantine` where left out. */
  readonly unseen?: UnseenPolicy;
  /** Lowest and highest value; a row outside is rejected. */
  readonly range?: readonly [number, number];
}

export interface ResolvedFeatures {
  readonly kind: 'list' | 'map';
  readonly entries: readonly ResolvedFeature[];
}

/** What a column makes of a score. */
export type Derivation =
  | { readonly kind: 'threshold'; readonly from: number }
  /** Ascending. */
  | { readonly kind: 'bands'; readonly bands: readonly { readonly name: string; readonly upTo: number }[] }
  | { readonly kind: 'top'; readonly k: number };

export interface ResolvedOutput {
  readonly name: string;
  /** The model's output. */
  readonly from: string;
  /** A label, or an index from 0. */
  readonly class?: string | number;
  /** All elements as one array. */
  readonly array?: true;
  readonly derive?: Derivation;
  /** Platt's a and b. */
  readonly sigmoid?: readonly [number, number];
  readonly range?: readonly [number, number];
  readonly tolerance: number;
  readonly nonfinite: 'fail' | 'null' | 'keep';
}

export interface ResolvedWrite {
  /** The view that readers use; in the warehouse's output schema where it names none. */
  readonly table: { readonly schema?: string; readonly name: string };
  /** `swap`: a new version each run; `merge`: into the live one. */
  readonly strategy: 'swap' | 'merge';
  /** What becomes of predictions whose rows are gone from the source. */
  readonly deletes: 'drop' | 'keep';
  readonly keepVersions: number;
  readonly onColumnChange: 'refuse' | 'recreate';
  readonly quote: boolean;
  readonly grants?: { readonly select: readonly string[] };
  readonly partitionBy?: readonly string[];
  readonly clusterBy?: readonly string[];
  /** The columns of each index. */
  readonly indexes?: readonly (readonly string[])[];
}

/** The table that a check looks at: as it would be after publishing, or the rows of this run only. */
export type CheckScope = 'result' | 'staged';

export type ResolvedCheck = { readonly over: CheckScope } & (
  | { readonly kind: 'nulls'; readonly column: string; readonly maxRate: number }
  | { readonly kind: 'psi'; readonly column: string; readonly max: number }
  /** As written. */
  | { readonly kind: 'sql'; readonly sql: string }
);

/** Most rejected rows that a run may have: so many `rows` of each `of`; of null, so many in all. */
export interface RejectBudget {
  readonly rows: number;
  readonly of: number | null;
}

/** What is published for a rejected row: nothing, a row of NULL scores, or what readers saw of it before. */
export type RejectedRows = 'drop' | 'null' | 'keep_previous';

export interface ResolvedErrors {
  readonly budget: RejectBudget;
  /** Records which rows were rejected, and why, in a table beside the predictions. */
  readonly quarantine: boolean;
  readonly rejectedRows: RejectedRows;
}

/** A file of rows with known scores. */
export interface ResolvedGolden {
  /** As written. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  /** How far a score may be off: `tolerance * max(1, |expected|)`. */
  readonly tolerance: number;
}

/** What a test expects of a prediction. */
export type ResolvedExpectation =
  | { readonly kind: 'value'; readonly value: Scalar | null }
  | { readonly kind: 'near'; readonly near: number; readonly within: number }
  | { readonly kind: 'between'; readonly low: number; readonly high: number };

/** An example that `scorehouse test` scores. */
export interface ResolvedTest {
  /** As written, else what is given. */
  readonly name: string;
  /** By column of the source, or by input of the model. */
  readonly given: Readonly<Record<string, Scalar | null>>;
  readonly expect: Readonly<Record<string, ResolvedExpectation>>;
}

export interface ResolvedResources {
  readonly chunkRows: number;
  readonly workers: 'auto' | number;
  readonly memoryBytes: number;
}

/** What a run stops at; null where there is no limit. */
export interface ResolvedLimits {
  /** Of the source. */
  readonly rows: number | null;
  readonly seconds: number | null;
  readonly bytesBilled: number | null;
  /** In the currency of `prices`. */
  readonly cost: number | null;
}

/** One file of targets/ with every default applied. */
export interface ResolvedTarget {
  readonly name: string;
  /** Relative to the project folder. */
  readonly file: string;
  readonly description?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly source: ResolvedSource;
  readonly snapshot: 'auto' | 'live' | 'frozen';
  readonly key: readonly string[];
  /** The column whose greatest value wins among rows of one key; null refuses such rows. */
  readonly latestBy: string | null;
  readonly allowEmpty: boolean;
  /** At least one. */
  readonly models: readonly ResolvedModel[];
  /** Null binds the model's inputs by name. */
  readonly features: ResolvedFeatures | null;
  /** Null publishes every output of the model. */
  readonly outputs: readonly ResolvedOutput[] | null;
  readonly passthrough: readonly string[];
  readonly write: ResolvedWrite;
  readonly checks: readonly ResolvedCheck[];
  readonly errors: ResolvedErrors;
  readonly golden: ResolvedGolden | null;
  readonly tests: readonly ResolvedTest[];
  readonly resources: ResolvedResources;
  readonly limits: ResolvedLimits;
}
