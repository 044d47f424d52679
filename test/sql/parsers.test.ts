import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bigqueryDialect } from '../../adapters/bigquery/dialect.js';
import { snowflakeDialect } from '../../adapters/snowflake/dialect.js';
import { newRenderer, type SqlRenderer } from '../../src/sql/renderer.js';
import { checkBigquery, checkSnowflake } from '../support/standins/checkers.js';
import { listTrials, renderTrial, renderWorld } from './world.js';

/** Statements with one fault each, which the checker has to find: else it would prove nothing. */
const WRONG = {
  snowflake: [
    'select from where',
    'select rows from t',
    'select 1 as current',
    'select `a` from t',
    "select 1 limit cast('5' as number)",
    'select count(*) filter (where a) from t',
    'select a from t for share',
    'merge into t using s on t.a = s.a when not matched by source then delete',
    'update t set a = 1 where b = 2 returning a',
    'create index i on t (a)',
    'create table t (a int) options (x = 1)',
    'create table t as',
    'insert into t (a) values (1',
    "comment on vew v is 'x'",
    'select 1; select 2 3',
  ],
  bigquery: [
    'select from where',
    'select rows from unnest([1]) as rows',
    'select 1 as current',
    'select count(*) filter (where true) from scorehouse.run_log',
    'select no_such_column from scorehouse.run_log',
    'select 1 from scorehouse.no_such_table',
    "select interval '30 seconds'",
    'select 1 where true',
    'insert into scorehouse.run_log (run_id) select max(seq) from scorehouse.run_log',
    'update scorehouse.run_log set seq = 1',
    "comment on view predictions.churn is 'x'",
    'select 1; select 2',
  ],
} as const;

interface Named {
  readonly name: string;
  readonly statement: string;
}

const snowflake = newRenderer(snowflakeDialect);
const bigquery = newRenderer(bigqueryDialect);

/** The world, and in it every statement behind those that it stands on. */
function listStatements(sql: SqlRenderer): readonly Named[] {
  const world = renderWorld(sql).map((statement, i) => ({
    name: `statement ${i + 1} of the world`,
    statement,
  }));
  const trials = listTrials(sql).flatMap((name) =>
    renderTrial(sql, name).map((statement, i, { length }) => ({
      name: length === 1 ? name : `${name}, ${i + 1} of ${length}`,
      statement,
    })),
  );
  return [...world, ...trials];
}

for (const { what, right, wrong, check } of [
  {
    what: 'the statements of Snowflake, by a parser of its grammar',
    right: listStatements(snowflake),
    wrong: WRONG.snowflake,
    check: checkSnowflake,
  },
  {
    what: "the statements of BigQuery, by GoogleSQL's own analyzer",
    right: listStatements(bigquery),
    wrong: WRONG.bigquery,
    check: checkBigquery,
  },
]) {
  const refusals = await check([...right.map(({ statement }) => statement), ...wrong]);

  describe(what, () => {
    for (const [i, { name, statement }] of right.entries()) {
      it(`${name} is accepted`, () => assert.equal(refusals[i], null, statement));
    }
    for (const [i, statement] of wrong.entries()) {
      it(`refused: ${statement}`, () => assert.notEqual(refusals[right.length + i] ?? null, null));
    }
  });
}
