import { setTimeout as sleep } from 'node:timers/promises';
import type { Patience } from '../../src/cli/options.js';
import type { CliResult } from './cli-harness.js';
import { withClient } from './postgres.js';
import { makeScorer, type Scorer, type ScorerOptions, SECRET } from './scorer.js';

/** Where a run can be made to stand still. */
export type Place = 'source' | 'control' | 'read' | 'load' | 'publish' | 'commit' | 'answer';

interface Stand {
  /** What somebody holds, so that the run waits there. */
  readonly hold: readonly string[];
  /** How its session is known in pg_stat_activity. */
  readonly at: string;
}

const STANDS: Readonly<Record<Place, Stand>> = {
  source: {
    hold: ['begin', 'lock table analytics.penguins in access exclusive mode'],
    at: "wait_event_type = 'Lock'",
  },
  control: {
    hold: ['begin', 'select 1 from scorehouse.control_species for update'],
    at: "wait_event_type = 'Lock'",
  },
  read: {
    hold: ['select pg_advisory_lock(1)'],
    at: "query like 'copy (select%' and wait_event = 'advisory'",
  },
  load: { hold: ['select pg_advisory_lock(1)'], at: 'query like \'copy "predictions"%\'' },
  publish: {
    hold: ['begin', 'lock table scorehouse.publishes in share mode'],
    at: "wait_event_type = 'Lock'",
  },
  commit: { hold: ['select pg_advisory_lock(2)'], at: "query ilike 'commit%' and wait_event = 'advisory'" },
  answer: { hold: [], at: "wait_event = 'SyncRep'" },
};

/**
 * A project with rows enough for several chunks, whose reader waits on its way to the last ones while somebody holds
 * lock 1. Rows come by the index, one by one: a sort would ask for all of them first.
 */
export async function makeStopping(options: ScorerOptions = {}): Promise<Scorer> {
  const scorer = await makeScorer({
    rows: 5000,
    ...options,
    target: {
      source: '{ sql: "select id, a, b, c, d, analytics.pass(id, note) as note from analytics.penguins" }',
      resources: '{ workers: 1, chunk_rows: 500 }',
    },
  });
  await scorer.execute(
    `create function analytics.pass(id bigint, note text) returns text language plpgsql stable as $$
begin
  if id = 4000 then perform pg_advisory_xact_lock_shared(1); end if;
  return note;
end $$`,
    'alter table analytics.penguins add primary key (id)',
    `alter role ${scorer.role} set enable_sort = off`,
    `alter role ${scorer.role} set enable_seqscan = off`,
  );
  return scorer;
}

/**
 * Statements that make the COMMIT of a publish wait while somebody holds lock 2, and then for the server's standbys,
 * where it is told to have some.
 */
export const HOLD_COMMITS = [
  `create function analytics.hold() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(2), set_config('synchronous_commit', 'on', true);
  return null;
end $$`,
  `create constraint trigger hold after insert on scorehouse.publishes deferrable initially deferred
for each row execute function analytics.hold()`,
] as const;

/** Runs until the session stands at the place, does the deed, and lets the run go on to its end. */
export async function disturb(
  scorer: Scorer,
  place: Place,
  deed: (pid: number) => Promise<void>,
  argv: readonly string[],
  patience: Patience = {},
): Promise<CliResult> {
  const { hold, at } = STANDS[place];
  return withClient(scorer.database.url, async (holder) => {
    for (const sql of hold) await holder.query(sql);
    let ended = false;
    const running = scorer.run(argv, SECRET, patience).finally(() => {
      ended = true;
    });
    const find = `select pid from pg_stat_activity
where datname = current_database() and usename = '${scorer.role}' and state = 'active' and ${at}`;
    for (;;) {
      // What ends before it gets there is told by its result.
      if (ended) return running;
      const [[pid] = []] = await scorer.query(find);
      if (pid !== undefined) {
        await deed(Number(pid));
        break;
      }
      await sleep(10);
    }
    // The holder's own session may be gone by now, and its locks with it.
    await holder.query('rollback; select pg_advisory_unlock_all()').catch(() => undefined);
    return running;
  });
}
