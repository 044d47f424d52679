import { isScoringError, renderRelation, ScoringError, type Statement } from '../contract/index.js';
import { type Control, executeHeld } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import { readPublishes } from '../ledger/versions.js';
import type { Publication } from './publication.js';
import { renderVersionStamp, renderViewReplace } from './view.js';

/** How often the view's replacement is asked for, whatever becomes of the answers. */
const ATTEMPTS = 3;

/** Publishes among which one's own is looked for. */
const LOOK_BACK = 100;

/** What a publish does where no transaction holds statements about objects. */
export interface GuardedSteps {
  /** What makes objects that the transaction needs, before it. */
  readonly before: readonly Statement[];
  readonly together: readonly Statement[];
  /** What drops objects that are done with, after it. */
  readonly after: readonly Statement[];
}

/** Cuts a publication's changes by where their statements can be executed. */
export function splitChanges(changes: readonly Statement[]): GuardedSteps {
  const first = changes.findIndex(({ ddl }) => ddl !== true);
  const from = first < 0 ? changes.length : first;
  const last = changes.findLastIndex(({ ddl }) => ddl !== true);
  return {
    before: changes.slice(0, from),
    together: changes.slice(from, last + 1),
    after: changes.slice(last + 1),
  };
}

/**
 * True where the publish has taken place whose transaction was not answered. Its control row is asked for under the
 * fence first, which waits for what may still be under way.
 */
export async function hasTakenPlace(
  ledger: Ledger,
  { target, runId, kind }: Publication,
  { epoch, publishSeq }: Control,
  signal: AbortSignal,
): Promise<boolean> {
  await executeHeld(ledger, { target, epoch }, [], signal).catch((error: unknown) => {
    // Whoever has the target now may have published since: what is on record counts all the same.
    if (!isLost(error)) throw error;
  });
  const publishes = await readPublishes(ledger, target, signal, LOOK_BACK);
  const own = publishes.find((publish) => publish.publishSeq === publishSeq + 1n);
  return own !== undefined && own.runId === runId && own.kind === kind;
}

function isLost(error: unknown): boolean {
  return isScoringError(error) && error.code === 'LEASE_LOST';
}

/**
 * Makes readers see a publish that the ledger has. The view says in its mark which one it shows, so that an answer that
 * was lost is looked up, and whoever finds the mark of an older publish does this once more.
 *
 * @throws READERS_BEHIND where they may see something older
 */
export async function replaceView(
  ledger: Ledger,
  publication: Publication,
  epoch: bigint,
  publishSeq: bigint,
  signal: AbortSignal,
): Promise<void> {
  const { target, view, version } = publication;
  const statements = renderViewReplace(ledger, publication, publishSeq);
  for (let attempt = 1; ; attempt++) {
    try {
      return await executeHeld(ledger, { target, epoch }, statements, signal);
    } catch (error) {
      // Whoever has the target now may have let readers follow already, and this have come after.
      if (isLost(error)) throw toBehind(publication, publishSeq, error);
      const found = await ledger.adapter.inspect(view, signal).catch(() => null);
      if (found?.stamp === renderVersionStamp(target, version.version, publishSeq)) return;
      if (attempt === ATTEMPTS || signal.aborted) throw toBehind(publication, publishSeq, error);
    }
  }
}

function toBehind({ target, view, version }: Publication, publishSeq: bigint, cause: unknown): ScoringError {
  const relation = renderRelation(view);
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ScoringError(
    `version ${version.version} of ${target} is published in the ledger, but ${relation} may not show it yet: ${why}`,
    {
      code: 'READERS_BEHIND',
      stage: 'publish',
      details: { relation, version: version.version, publishSeq: String(publishSeq) },
      hint: `Readers have an earlier version, whole. Let them follow: scorehouse repair ${target}. The next run does so too.`,
      cause,
    },
  );
}
