import { assertInvariant, type LoadColumn, type LoadPart, type Vector } from '../contract/index.js';
import { isOrigin } from '../plan/output-columns.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { instantConstant, int64Constant, textConstant, uuidConstant } from './constants.js';

/** What every row of a run says of its origin. */
export interface RunOrigin {
  readonly runId: string;
  readonly modelVersion: string;
  /** ISO 8601, with the zone. */
  readonly scoredAt: string;
  readonly epoch: bigint;
}

/** Rows with their predictions. */
export interface ScoredRows {
  readonly rows: number;
  /** What predictions carry along: key, then passthrough. */
  readonly carried: readonly Vector[];
  readonly scores: readonly Vector[];
}

/** The load key of a chunk under an epoch: the epoch above, the chunk's number in the low 32 bits. */
export function toLoadKey(epoch: bigint, chunk: number): bigint {
  return (epoch << 32n) | BigInt(chunk);
}

/** A scored chunk as rows of the staging relation, in the order of `plan.write.loadedColumns`. */
export function buildLoadPart(
  plan: ScoringPlan,
  origin: RunOrigin,
  chunk: number,
  { rows, carried, scores }: ScoredRows,
): LoadPart {
  const loadKey = toLoadKey(origin.epoch, chunk);
  const columns: LoadColumn[] = [
    ...(plan.write.loadedColumns.some(({ name }) => isOrigin(name)) ? toOriginColumns(origin) : []),
    ...[...carried, ...scores].map((vector) => ({ kind: 'vector', vector }) as const),
    int64Constant(loadKey),
  ];
  assertInvariant(
    columns.length === plan.write.loadedColumns.length,
    'staged columns differ from the plan',
    'stage',
  );
  return { loadKey, rows, columns };
}

/** Positions, among the columns read, of those that predictions carry along: key, then passthrough. */
export function carriedColumns({ read, carried }: ScoringPlan): readonly number[] {
  return carried.map((name) => read.columns.findIndex((column) => column.name === name));
}

/** Positions, among the columns read, of the features in the order that workers know them. */
export function featureColumns({ read, scoring }: ScoringPlan): readonly number[] {
  const positions: number[] = [];
  const features = scoring.models.flatMap(({ tensors, text }) => [
    ...tensors.flatMap((tensor) => tensor.features),
    ...(text === null ? [] : [text.feature]),
  ]);
  for (const { column, index } of features) {
    positions[index] = read.columns.findIndex(({ name }) => name === column);
  }
  return positions;
}

/** The columns of origin as constants, in their order. */
function toOriginColumns({ runId, modelVersion, scoredAt }: Omit<RunOrigin, 'epoch'>): readonly LoadColumn[] {
  return [uuidConstant(runId), textConstant(modelVersion), instantConstant(scoredAt)];
}
