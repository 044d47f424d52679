import type { RejectedRows } from '../config/index.js';
import type { Column, Relation } from '../contract/index.js';
import type { RejectPlan } from './bind-rejects.js';
import type { VersionDecision } from './decide-version.js';
import type { ScoringSpec } from './scoring-spec.js';

/** How the rows are read. */
export interface ReadPlan {
  /** The source as one SELECT, variables rendered. */
  readonly sql: string;
  readonly sqlHash: string;
  /** The columns read, in order: key, passthrough and features, each once. */
  readonly columns: readonly Column[];
  readonly key: readonly Column[];
  readonly snapshot: 'live' | 'frozen';
  /** `scan`: one ordered stream. `ranges`: key ranges of about `rangeRows`, bounds first. */
  readonly paging: 'scan' | 'ranges';
  /** `stored` rows come in key order by themselves and are not sorted; `any`: a range is read as a whole, in no order. */
  readonly order: 'key' | 'stored' | 'any';
  /** A plain table or file: reading it sorts and joins nothing by itself. */
  readonly plain: boolean;
  readonly chunkRows: number;
  readonly rangeRows: number;
}

/** Where predictions go. */
export interface WritePlan {
  /** What readers use. */
  readonly view: Relation;
  /** The view's columns, in order. */
  readonly columns: readonly Column[];
  /** The key as the view and its tables have it. */
  readonly key: readonly Column[];
  /** Columns of a version table: the view's and scorehouse's own. */
  readonly tableColumns: readonly Column[];
  /** Those of them that come with each row; the others are defaults of the table that a run fills. */
  readonly loadedColumns: readonly Column[];
  /** `merge` writes into the live version while model, contract and columns stay the same. */
  readonly strategy: 'swap' | 'merge';
  readonly deletes: 'drop' | 'keep';
  /** What is published for a rejected row: nothing, NULL scores, or what readers saw of it before. */
  readonly rejectedRows: RejectedRows;
  readonly onColumnChange: 'refuse' | 'recreate';
  /** What of others reads the view and may no longer work, since its columns change. */
  readonly broken: readonly string[];
  /** Roles that may read the view. */
  readonly grants: readonly string[];
  readonly keepVersions: number;
  readonly indexes: readonly (readonly string[])[];
}

/** A check that the target declares, on the columns as they are published. */
export type CheckSpec = {
  /** How messages call it. */
  readonly name: string;
  readonly over: 'result' | 'staged';
} & (
  | { readonly kind: 'nulls'; readonly column: string; readonly maxRate: number }
  | { readonly kind: 'psi'; readonly column: string; readonly max: number }
  /** A SELECT with its variables in it, cut where the checked table's name belongs. */
  | { readonly kind: 'sql'; readonly parts: readonly string[] }
);

/** A file of rows with known scores. */
export interface GoldenPlan {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  /** How far a score may be off: `tolerance * max(1, |expected|)`. */
  readonly tolerance: number;
}

/** One model as a plan cites it. */
export interface ModelPart {
  /** Of `models:`; null for the one model of a target. */
  readonly name: string | null;
  readonly uri: string;
  readonly sha256: string;
}

/** What scores: one model, or several taken together. */
export interface ModelPlan {
  /** For people: of several, each behind its name. */
  readonly uri: string;
  /** In the target's order. */
  readonly parts: readonly ModelPart[];
  readonly sha256: string;
  /** What `_model_version` says. */
  readonly version: string;
  readonly engine: string;
}

/** All that decides a run, as a value: it can be shown, kept, compared and carried out elsewhere. */
export interface ScoringPlan {
  readonly planVersion: 1;
  readonly target: string;
  readonly owner: string | null;
  readonly description: string | null;
  readonly warehouse: string;
  readonly kind: string;
  readonly model: ModelPlan;
  readonly read: ReadPlan;
  /** Source columns that predictions carry along: key, then passthrough. */
  readonly carried: readonly string[];
  readonly scoring: ScoringSpec;
  readonly rejects: RejectPlan;
  readonly write: WritePlan;
  /** What must hold before anybody reads; no part of the fingerprint, since no score depends on it. */
  readonly checks: readonly CheckSpec[];
  /** Rows with known scores, which a run scores first; no part of the fingerprint either. */
  readonly golden: GoldenPlan | null;
  readonly workers: number;
  readonly expected: { readonly rows: number; readonly bytes: number; readonly seconds: number };
  /** The live version, null before the first publish. */
  readonly liveVersion: number | null;
  /** What a run would write into, as things stood when the plan was made. */
  readonly version: VersionDecision;
  /** sha-256 of columns and types, model inputs and outputs. */
  readonly contractHash: string;
  /** sha-256 of all that decides a result. */
  readonly fingerprint: string;
}
