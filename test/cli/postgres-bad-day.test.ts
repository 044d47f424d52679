import { describe, it } from 'node:test';
import { assertEnds, assertHealed, assertTidy, type Ending } from '../support/bad-day.js';
import { disturb, HOLD_COMMITS, makeStopping, type Place } from '../support/disturb.js';
import type { Scorer, ScorerKeys } from '../support/scorer.js';

interface BadDay extends Ending {
  readonly what: string;
  readonly place: Place;
  /** What happens there; the waiting itself where left out. */
  readonly deed?: (scorer: Scorer, pid: number) => string;
  readonly warehouse?: ScorerKeys['warehouse'];
  /** What it staged is kept, for the next run to go on with. */
  readonly keeps?: boolean;
}

const terminate = (_: Scorer, pid: number): string => `select pg_terminate_backend(${pid})`;
const ENDED = 'terminating connection due to administrator command';

/** What a run says that makes something again, from its start, after its session was ended. */
const again = (what: string, where: string): RegExp =>
  new RegExp(`retry      ${what} failed \\(attempt 1\\), again in .* s: CONNECTION ${where}: ${ENDED}`);

const DAYS: readonly BadDay[] = [
  {
    what: 'the session that reads is ended',
    place: 'read',
    deed: terminate,
    exit: 0,
    says: [again('run', 'read')],
  },
  {
    what: 'the statement that reads is cancelled',
    place: 'read',
    deed: (_, pid) => `select pg_cancel_backend(${pid})`,
    exit: 1,
    says: ['read: canceling statement due to user request', 'next: Somebody cancelled the statement'],
  },
  {
    what: 'reading takes longer than statement_timeout',
    place: 'read',
    warehouse: { statement_timeout: '1s' },
    exit: 1,
    says: ['error TIMEOUT', 'statement timeout', 'next: Raise statement_timeout of the warehouse'],
  },
  {
    what: 'the session that loads is ended',
    place: 'load',
    deed: terminate,
    exit: 0,
    says: [again('run', 'load')],
  },
  {
    what: 'every session of the role is ended',
    place: 'load',
    deed: ({ role }) => `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`,
    exit: 0,
    says: [again('run', '(read|load)')],
  },
  {
    what: 'the session that publishes is ended',
    place: 'publish',
    deed: terminate,
    exit: 0,
    says: [again('execute ledger/pointer_move', 'ledger/publish_insert')],
  },
  {
    what: 'the session that publishes is ended in its COMMIT',
    place: 'commit',
    deed: terminate,
    exit: 0,
    says: [again('execute ledger/pointer_move', 'commit')],
  },
  {
    what: 'the source is locked for longer than lock_timeout',
    place: 'source',
    warehouse: { lock_timeout: '300ms' },
    exit: 1,
    says: [
      'error TIMEOUT (plan): describe: canceling statement due to lock timeout',
      'next: Another session',
    ],
  },
  {
    what: 'the control row is locked for longer than lock_timeout',
    place: 'control',
    warehouse: { lock_timeout: '300ms' },
    exit: 1,
    says: ['ledger/control_take: canceling statement due to lock timeout', 'next: Another session holds'],
  },
  {
    what: 'the ledger is locked for longer than lock_timeout',
    place: 'publish',
    keeps: true,
    warehouse: { lock_timeout: '300ms' },
    exit: 1,
    says: ['ledger/publish_insert: canceling statement due to lock timeout', 'next: Another session holds'],
  },
];

describe('a bad day in the middle of a run', () => {
  for (const { what, place, deed, warehouse = {}, keeps = false, ...ending } of DAYS) {
    it(`${what}: exit code ${ending.exit}, nothing half done, and a good run after it`, async () => {
      await using scorer = await makeStopping();
      await assertHealed(scorer);
      await scorer.execute(...HOLD_COMMITS);
      await scorer.configure({ warehouse });
      await assertEnds(scorer, ending, (argv) =>
        disturb(scorer, place, (pid) => act(scorer, pid, deed), argv),
      );
      if (!keeps) await assertTidy(scorer);
      await scorer.configure();
      await assertHealed(scorer);
    });
  }
});

/** Without a deed the run is given time to end by itself: whoever waits for it sees that. */
async function act(scorer: Scorer, pid: number, deed: BadDay['deed']): Promise<void> {
  if (deed !== undefined) return scorer.execute(deed(scorer, pid));
  const waits = `select 1 from pg_stat_activity where pid = ${pid} and state = 'active'`;
  while ((await scorer.query(waits)).length > 0);
}
