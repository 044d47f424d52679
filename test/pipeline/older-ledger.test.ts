import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ledger, ledgerRelation } from '../../src/ledger/ledger.js';
import { LEDGER_NUMBER } from '../../src/ledger/migrate.js';
import { NEVER } from '../support/duckdb.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, makeHouse } from '../support/house.js';
import { openHouse } from '../support/watched-run.js';

/** What the first release made, with the relation of each migration; what a migration is called says what it was. */
const FIRST = [
  ['001_run_log', 'run_log', ''],
  ['002_runs', 'runs', 'run_log'],
  ['003_chunks', 'chunks', ''],
  ['004_version_log', 'version_log', ''],
  ['005_versions', 'versions', 'version_log'],
  ['006_publishes', 'publishes', ''],
  ['007_metrics', 'metrics', ''],
  ['008_requests', 'requests', ''],
  ['009_target_log', 'target_log', ''],
  ['010_target_status', 'target_status', ''],
  ['011_feature_counts', 'feature_counts', ''],
] as const;

const DEAD = '01900000-0000-7000-8000-0123456789ab';

/** A run of the first release that was killed with a chunk loaded. */
const LEFT = [
  `insert into scorehouse.run_log (run_id, seq, target, rows_read, started_at, state, epoch, logged_at)
    values ('${DEAD}', 1, 'scores', 2, current_timestamp, 'running', 1, current_timestamp)`,
  `insert into scorehouse.chunks (run_id, chunk, epoch, lo, hi, rows, rejects, load_key, loaded_at)
    values ('${DEAD}', 0, 1, null, '["1"]', 1, 0, 1, current_timestamp)`,
];

for (const kind of HOUSES) {
  test(`the ledger of the first release is brought up to date, and what it left open is closed (${kind})`, async (t) => {
    const house = await makeHouse(t, kind, { scores: renderEcho('') });
    await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')");
    await makeFirstLedger(house);
    await house.execute(...LEFT);

    const { code, stdout, stderr } = await house.run('run', '--json');

    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, new RegExp(`"event":"resumable_abandoned","abandoned":"${DEAD}"`));
    assert.deepEqual(await house.query('select max(number), count(*) from scorehouse.migrations'), [
      [String(LEDGER_NUMBER), String(LEDGER_NUMBER)],
    ]);
    assert.deepEqual(await house.query('select state from scorehouse.runs order by run_id'), [
      ['abandoned'],
      ['published'],
    ]);
    assert.equal((await house.run('verify', 'scores')).code, 0);
  });
}

async function makeFirstLedger(house: House): Promise<void> {
  const { ledger } = (await openHouse(house)).session;
  await using adapter = ledger.adapter;
  const { schema } = ledger.schema;
  const at = (name: string) => ledgerRelation(ledger, name);
  const statements = [
    { name: 'schema', sql: `create schema ${schema}` },
    ledger.sql.render('ledger/create_migrations', { table: at('migrations') }),
    ...FIRST.flatMap(([name, relation, source], i) => [
      ledger.sql.render(`migrations/${name}`, toContext(ledger, relation, source)),
      ledger.sql.render('ledger/migration_insert', {
        table: at('migrations'),
        number: i + 1,
        name,
        program: 'scorehouse 0.1.0',
      }),
    ]),
  ];
  await adapter.execute(statements, { atomic: false, signal: NEVER });
}

function toContext(ledger: Ledger, relation: string, source: string) {
  const at = (name: string) => ledgerRelation(ledger, name);
  return {
    table: at(relation),
    source: at(source === '' ? relation : source),
    targetLog: at('target_log'),
    publishes: at('publishes'),
    runs: at('runs'),
  };
}
