import type { PublishRecord } from '../ledger/versions.js';
import { shortRunId } from './uuid.js';

/** How a rollback gets to the previous publish, and what readers will see then. */
export type Step = {
  readonly version: number;
  /** The run whose publish is shown again. */
  readonly runId: string | null;
  readonly rows: number | null;
} & (
  | { readonly kind: 'pointer' }
  /** The run `merged` into the version, and that is taken back or made once more. */
  | { readonly kind: 'undo' | 'redo'; readonly merged: string }
);

/**
 * The step to the previous publish. One of another version needs only the pointer. One of the same version is a merge
 * apart: its before-images take it back, and what a rollback had taken back can be made once more.
 *
 * @param publishes newest first
 * @param kept versions that can become live
 * @param helpers tables in the ledger's schema
 */
export function findStep(
  publishes: readonly PublishRecord[],
  kept: ReadonlySet<number>,
  helpers: ReadonlySet<string>,
): Step | null {
  const [now] = publishes;
  // One that shows the same again, a promote of what is live, is no step.
  const before = publishes.find(({ version, runId }) => version !== now?.version || runId !== now.runId);
  if (now === undefined || before === undefined) return null;
  if (before.version === now.version) return findMergeStep(publishes, now, before, helpers);
  const earlier = publishes.find(({ version }) => kept.has(version));
  if (earlier === undefined) return null;
  const { version, runId, rows } = earlier;
  return { kind: 'pointer', version, runId, rows };
}

function findMergeStep(
  publishes: readonly PublishRecord[],
  now: PublishRecord,
  before: PublishRecord,
  helpers: ReadonlySet<string>,
): Step | null {
  const { version, runId, rows } = before;
  const has = (helper: string, run: string | null) =>
    run !== null && helpers.has(`${helper}_${shortRunId(run)}`);
  if (has('undo', now.runId) && parentOf(publishes, now.runId) === runId) {
    return { kind: 'undo', merged: now.runId as string, version, runId, rows };
  }
  if (has('redo', runId) && parentOf(publishes, runId) === now.runId) {
    return { kind: 'redo', merged: runId as string, version, runId, rows };
  }
  return null;
}

/** The run whose publish a run's own one followed. */
function parentOf(publishes: readonly PublishRecord[], runId: string | null): string | null | undefined {
  const own = publishes.findIndex((publish) => publish.kind === 'run' && publish.runId === runId);
  return own < 0 ? undefined : publishes[own + 1]?.runId;
}
