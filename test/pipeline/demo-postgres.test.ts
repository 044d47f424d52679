import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTempDir } from '../support/cli-harness.js';
import { queryOn } from '../support/duckdb.js';
import { renderBits } from '../support/fixtures.js';
import type { HouseKind } from '../support/house.js';
import { execute, newDatabase, postgresUrl, queryAll } from '../support/postgres.js';

const CUSTOMERS = 7043;

const look = (kind: HouseKind) =>
  `select customer_id, contract, churn_label, ${renderBits(kind, 'churn_probability', 'real')} as bits
from predictions.churn order by customer_id`;

test('the demo gives the same keys, labels, passthrough and bits on Postgres as on DuckDB', async (t) => {
  await using database = await newDatabase();
  const url = new URL(database.url);
  url.username = `owner_${database.name}`;
  url.password = 'demo';
  await execute(
    database.url,
    `create role ${url.username} login password 'demo'`,
    `alter database ${database.name} owner to ${url.username}`,
  );
  t.after(() => execute(postgresUrl(), `drop role ${url.username}`));
  await using folder = await makeTempDir();
  const run = async (...argv: readonly string[]): Promise<string> => {
    const result = await folder.run(argv, { env: { DATABASE_URL: url.href } });
    assert.equal(result.exitCode, 0, result.text);
    return result.text;
  };
  const init = ['init', '--demo', 'demo', '--warehouse', 'pg'];

  assert.match(await run(...init), /made {2}public\.customers of pg: 7,043 rows/);
  assert.match(await run(...init), /kept {2}public\.customers of pg/);
  await run('run', '--project-dir', 'demo');
  await run('run', '--project-dir', 'demo', '--warehouse', 'pg');

  const onDuckdb = await queryOn(folder.path('demo', 'churn.duckdb'), look('duckdb'));
  const onPostgres = await queryAll(database.url, look('postgres'));
  const lines = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.join('|'));
  assert.equal(onPostgres.length, CUSTOMERS);
  assert.equal(
    new Set(onPostgres.map((row) => row.at(-1))).size > CUSTOMERS / 2,
    true,
    'scores are no constant',
  );
  assert.deepEqual(lines(onPostgres), lines(onDuckdb));
});
