import { countNulls, type Vector } from '../contract/index.js';
import type { Thresholds } from '../plan/model-facts.js';
import type { FeatureSpec, ModelSpec, RejectReason, ScoringSpec, TensorSpec } from '../plan/scoring-spec.js';
import { type FindUnseen, newFindUnseen } from './allowed.js';
import { CollisionFilter } from './collisions.js';
import { findMissing, findNan } from './missing.js';
import { assertNulls, nameOf, type Replaced } from './pack.js';
import { findOutside } from './range.js';

/** Rows of a chunk that cannot be scored, for one reason. */
export interface Reject {
  /** What the target calls it; null where the engine does not take the row. */
  readonly feature: string | null;
  readonly reason: RejectReason;
  /** Ascending. */
  readonly rows: readonly number[];
}

/** Rows of which a feature was not taken as it is, by why and what became of them. */
export interface FeatureCount {
  /** What the target calls it; null where the engine does not take the row. */
  readonly feature: string | null;
  /** `collision`: rounded to float32, the value became a threshold of the model's trees. */
  readonly reason: RejectReason | 'collision';
  readonly action: 'nan' | 'value' | 'pass' | 'quarantine';
  readonly rows: number;
}

/** What the model gets of a chunk that is not in its columns. */
export interface Reviewed {
  readonly replaced: ReadonlyMap<string, Replaced>;
  readonly counts: readonly FeatureCount[];
}

/** One feature of the target, whatever models take it. */
interface Feature {
  readonly name: string;
  readonly spec: FeatureSpec;
  readonly findUnseen: FindUnseen | null;
  readonly collisions: CollisionFilter | null;
}

/** What a target says of its features' values, ready to be held against chunks. */
export class FeatureContract {
  readonly #spec: ScoringSpec;
  readonly #features: readonly Feature[];

  /** @param thresholds of each model */
  constructor(spec: ScoringSpec, thresholds: readonly Readonly<Record<string, Thresholds>>[]) {
    this.#spec = spec;
    this.#features = listFeatures(spec, thresholds);
  }

  /**
   * Rows that a policy rejects; one may be among several.
   *
   * @throws BAD_FEATURES where a feature under `nulls: fail` has a NULL, on whatever row
   */
  findRejects(columns: readonly Vector[]): readonly Reject[] {
    assertNulls(this.#spec.models.flatMap(inputsOf), columns);
    return this.#features.flatMap((feature) => findRejectsOf(feature, columns));
  }

  /** Of rows that are scored: what takes the place of their values, and what is to be told of them. */
  review(columns: readonly Vector[]): Reviewed {
    const replaced = new Map<string, Replaced>();
    const counts: FeatureCount[] = [];
    for (const feature of this.#features) {
      const { name, spec } = feature;
      for (const { other, ...count } of reviewFeature(feature, columns[spec.index] as Vector)) {
        if (count.rows > 0) counts.push({ feature: name, ...count });
        if (other !== undefined && other.rows.length > 0) replaced.set(name, other);
      }
    }
    return { replaced, counts };
  }
}

/** What is to be told of a feature, and the values that the column cannot give by itself. */
type Finding = Omit<FeatureCount, 'feature'> & { readonly other?: Replaced };

function reviewFeature({ spec, findUnseen, collisions }: Feature, vector: Vector): readonly Finding[] {
  return [
    ...reviewNulls(spec, vector),
    ...(findUnseen === null ? [] : reviewUnseen(spec, findUnseen, vector)),
    ...(collisions === null
      ? []
      : [{ reason: 'collision', action: 'pass', rows: collisions.count(vector) } as const]),
  ];
}

function reviewNulls({ nulls }: FeatureSpec, vector: Vector): readonly Finding[] {
  if (nulls.kind === 'nan') return [{ reason: 'null', action: 'nan', rows: countNulls(vector) }];
  if (nulls.kind !== 'value') return [];
  // NULLs become the value where the column is packed; NaN is like any other number there.
  const other = { rows: findNan(vector), value: nulls.value };
  return [{ reason: 'null', action: 'value', rows: countNulls(vector) + other.rows.length, other }];
}

function reviewUnseen({ allowed }: FeatureSpec, find: FindUnseen, vector: Vector): readonly Finding[] {
  const unseen = allowed?.unseen;
  if (unseen === undefined || unseen.kind === 'quarantine') return [];
  const rows = find(vector);
  const told = { reason: 'unseen', action: unseen.kind, rows: rows.length } as const;
  return unseen.kind === 'value' ? [{ ...told, other: { rows, value: unseen.value } }] : [told];
}

function findRejectsOf({ name, spec, findUnseen }: Feature, columns: readonly Vector[]): readonly Reject[] {
  const vector = columns[spec.index] as Vector;
  const found: (readonly [RejectReason, readonly number[]])[] = [];
  if (spec.nulls.kind === 'quarantine') found.push(['null', findMissing(vector)]);
  if (findUnseen !== null && spec.allowed?.unseen.kind === 'quarantine') {
    found.push(['unseen', findUnseen(vector)]);
  }
  if (spec.range !== undefined) found.push(['range', findOutside(vector, spec.range)]);
  return found.flatMap(([reason, rows]) => (rows.length === 0 ? [] : [{ feature: name, reason, rows }]));
}

/** What a model takes of a row; its text stands for the tokens that it becomes. */
function inputsOf({ tensors, text }: ModelSpec): readonly Omit<TensorSpec, 'rank'>[] {
  if (text === null) return tensors;
  return [{ input: text.feature.column, element: 'string', features: [text.feature] }];
}

/** The target's features, each once: models that share an input share what is said of it. */
function listFeatures(
  { models }: ScoringSpec,
  thresholds: readonly Readonly<Record<string, Thresholds>>[],
): readonly Feature[] {
  const specs = new Map<string, FeatureSpec>();
  const splits = new Map<string, Set<number>>();
  for (const [i, model] of models.entries()) {
    for (const { input, element, features } of inputsOf(model)) {
      for (const [column, spec] of features.entries()) {
        const name = nameOf(spec);
        if (!specs.has(name)) specs.set(name, spec);
        const of = element === 'float32' ? thresholds[i]?.[input]?.[column] : null;
        if (of) splits.set(name, new Set([...(splits.get(name) ?? []), ...of]));
      }
    }
  }
  return [...specs].map(([name, spec]) => {
    const { type, allowed } = spec;
    const of = splits.get(name);
    return {
      name,
      spec,
      findUnseen: allowed === undefined ? null : newFindUnseen(type, allowed.values),
      // Most columns are floats already, or of no tree: nothing is looked at.
      collisions:
        of === undefined || type.kind === 'float' || type.kind === 'bool' ? null : new CollisionFilter(of),
    };
  });
}
