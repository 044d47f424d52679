import type { LoadPart, Statement, Vector } from '../contract/index.js';
import { renderFence } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import type { QuarantinePlan } from '../plan/bind-rejects.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import type { SqlRenderer } from '../sql/renderer.js';
import { instantConstant, int64Constant, uuidConstant } from './constants.js';
import { type RunOrigin, toLoadKey } from './load-part.js';

/** Rejected rows of a chunk: one for each feature and reason. */
export interface RejectedRows {
  readonly rows: number;
  readonly key: readonly Vector[];
  readonly feature: Vector;
  readonly reason: Vector;
}

/** Makes the quarantine table. */
export function renderQuarantineCreate(sql: SqlRenderer, { table, columns }: QuarantinePlan): Statement {
  return sql.render('stage/create_table', { table, columns });
}

/**
 * Loads a chunk's rejects under its load key and the fence. They count once the chunk's own ledger row is there, which
 * comes with its rows.
 */
export async function loadRejects(
  ledger: Ledger,
  { target }: Pick<ScoringPlan, 'target'>,
  { table, columns }: QuarantinePlan,
  { runId, epoch }: Pick<RunOrigin, 'runId' | 'epoch'>,
  chunk: number,
  { rows, key, feature, reason }: RejectedRows,
  signal: AbortSignal,
): Promise<void> {
  const loadKey = toLoadKey(epoch, chunk);
  const part: LoadPart = {
    loadKey,
    rows,
    columns: [
      uuidConstant(runId),
      ...[...key, feature, reason].map((vector) => ({ kind: 'vector', vector }) as const),
      instantConstant(new Date().toISOString()),
      int64Constant(loadKey),
    ],
  };
  const parts = async function* () {
    yield part;
  };
  const statements = () => [renderFence(ledger, target, epoch)];
  const names = columns.map(({ name }) => name);
  await ledger.adapter.load(table, parts(), { columns: names, with: statements, signal });
}
