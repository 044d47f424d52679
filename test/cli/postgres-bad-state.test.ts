import { describe, it } from 'node:test';
import { assertEnds, assertHealed, type Ending } from '../support/bad-day.js';
import { startPostgres } from '../support/postgres-server.js';
import { makeScorer, PENGUINS, type Scorer, type ScorerKeys } from '../support/scorer.js';

/** What is done to a good database, and undone again. */
interface BadState extends Ending {
  readonly what: string;
  readonly harm: (scorer: Scorer) => readonly string[];
  readonly heal: (scorer: Scorer) => readonly string[];
  readonly warehouse?: ScorerKeys['warehouse'];
  readonly target?: ScorerKeys['target'];
}

const owned = (
  kind: string,
  name: string,
  rights: string,
  next: RegExp,
  says: readonly string[],
): BadState => ({
  what: `${name} is another's`,
  harm: ({ role }) => [
    `alter ${kind} ${name} owner to postgres`,
    ...(rights === '' ? [] : [`grant ${rights} on ${name} to ${role}`]),
  ],
  heal: ({ role }) => [`alter ${kind} ${name} owner to ${role}`],
  exit: 6,
  says: ['error PERMISSION', ...says, next],
});

const STATES: readonly BadState[] = [
  owned(
    'view',
    'predictions.species',
    '',
    /next: GRANT SELECT ON TABLE "predictions"."species" TO "scorer_\w+";/,
    ['permission denied for predictions.species'],
  ),
  {
    ...owned(
      'view',
      'predictions.species',
      'select',
      /next: Only its owner may do so: .* ALTER VIEW "predictions"."species" OWNER TO "scorer_\w+";/,
      ['must be owner of view species'],
    ),
    what: "predictions.species is another's and its columns change",
    target: {
      outputs:
        '{ label: { from: label }, p0: { from: probabilities, class: 0 }, p1: { from: probabilities, class: 1 } }',
    },
  },
  owned(
    'table',
    'predictions.species__versions',
    'select',
    /next: Only its owner may do so: .* ALTER TABLE "predictions"."species__versions" OWNER TO "scorer_\w+";/,
    ['must be owner of table species__versions'],
  ),
  owned(
    'table',
    'scorehouse.run_log',
    '',
    /next: GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "scorehouse"."run_log" TO "scorer_\w+";/,
    ['permission denied for table run_log'],
  ),
  {
    what: 'a role that may only read',
    harm: ({ role }) => [`alter role ${role} set default_transaction_read_only = on`],
    heal: ({ role }) => [`alter role ${role} reset default_transaction_read_only`],
    exit: 6,
    says: [
      'error PERMISSION',
      'in a read-only transaction',
      'next: The server is a read-only replica, or the role',
    ],
  },
  {
    what: 'a role that may not log in',
    harm: ({ role }) => [`alter role ${role} nologin`],
    heal: ({ role }) => [`alter role ${role} login`],
    exit: 6,
    says: [/connect to .*: role "scorer_\w+" is not permitted to log in/, 'next: Check user'],
  },
  {
    what: 'no connection left for the role',
    harm: ({ role }) => [`alter role ${role} connection limit 0`],
    heal: ({ role }) => [`alter role ${role} connection limit -1`],
    exit: 1,
    says: [/connect to .*: too many connections for role/, 'next: Close other sessions'],
  },
  {
    what: 'one connection, where more are needed',
    harm: ({ role }) => [`alter role ${role} connection limit 1`],
    heal: ({ role }) => [`alter role ${role} connection limit -1`],
    exit: 1,
    says: ['connect: too many connections for role', 'next: Close other sessions'],
  },
  {
    what: 'a source that is too slow for statement_timeout',
    harm: ({ role }) => [
      'alter table analytics.penguins rename to birds',
      'create view analytics.penguins as select b.* from analytics.birds as b, pg_sleep(5)',
      `grant select on analytics.penguins to ${role}`,
    ],
    heal: () => ['drop view analytics.penguins', 'alter table analytics.birds rename to penguins'],
    warehouse: { statement_timeout: '200ms' },
    exit: 1,
    says: ['canceling statement due to statement timeout', 'next: Raise statement_timeout of the warehouse'],
  },
  {
    what: 'a table with a column of a type that is not taken',
    harm: () => ['alter table analytics.penguins add column "Odd tags" text[]'],
    heal: () => ['alter table analytics.penguins drop column "Odd tags"'],
    target: { source: '{ table: analytics.penguins }' },
    exit: 2,
    says: [
      'column "Odd tags" has type text[]',
      'next: Write the columns that the target needs as source.sql in place of source.table: select id, a, b, c, d, note from analytics.penguins',
    ],
  },
  {
    what: 'a query with a column of a type that is not taken',
    harm: () => ["alter table analytics.penguins add column tags jsonb default '{}'"],
    heal: () => ['alter table analytics.penguins drop column tags'],
    exit: 2,
    says: ['column "tags" has type jsonb', 'next: Leave the column out of the source query, or cast it'],
  },
];

describe('a database that is not as it should be', () => {
  for (const { what, harm, heal, warehouse = {}, target = {}, ...ending } of STATES) {
    it(`${what}: exit code ${ending.exit}, and a good run once it is mended`, async () => {
      await using scorer = await makeScorer();
      await assertHealed(scorer);
      await scorer.configure({ warehouse, target: { write: '{ on_column_change: recreate }', ...target } });
      await scorer.execute(...harm(scorer));
      await assertEnds(scorer, ending);
      await scorer.execute(...heal(scorer));
      await scorer.configure();
      await assertHealed(scorer);
    });
  }

  it('a read-only replica: exit code 6', async (t) => {
    await using server = await startPostgres({ replicaAfter: ['create schema analytics', PENGUINS(5)] });
    if (server === null) return t.skip('no Postgres');
    const { username, password, port } = new URL(server.url);
    await using scorer = await makeScorer({ warehouse: { port, user: username, database: 'postgres' } });
    const says = ['in a read-only transaction', 'next: The server is a read-only replica'];
    await assertEnds(scorer, { exit: 6, says }, (argv) => scorer.run(argv, decodeURIComponent(password)));
  });
});
