import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { columnsOf } from '../../src/ledger/damage.js';
import { LEDGER_NUMBER, MIGRATIONS } from '../../src/ledger/migrate.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, type HouseKind, makeHouse } from '../support/house.js';

/** What somebody did to a ledger, and how `run` and `doctor` say so. */
interface Damage {
  readonly what: string;
  readonly harm: readonly string[];
  readonly says: RegExp;
  /** Both where the question is put to the catalog; one is enough for what the ledger's own rows say. */
  readonly on: readonly HouseKind[];
}

const DAMAGES: readonly Damage[] = [
  {
    what: 'a table is gone',
    harm: ['drop table scorehouse.chunks'],
    says: /chunks is missing/,
    on: HOUSES,
  },
  {
    what: 'a view is gone',
    harm: ['drop view scorehouse.versions'],
    says: /versions is missing/,
    on: ['duckdb'],
  },
  {
    what: 'columns are gone',
    harm: [
      'alter table scorehouse.metrics drop column quantiles',
      'alter table scorehouse.metrics drop column histogram',
    ],
    says: /metrics has no column quantiles, histogram/,
    on: HOUSES,
  },
  {
    what: 'a migration is off the record',
    harm: ['delete from scorehouse.migrations where number = 3'],
    says: new RegExp(
      `migrations has ${LEDGER_NUMBER - 1} of the ${LEDGER_NUMBER} that were applied on record`,
    ),
    on: ['duckdb'],
  },
  {
    what: 'the record of migrations is gone',
    harm: ['drop table scorehouse.migrations'],
    says: /migrations is missing beside chunks, /,
    on: HOUSES,
  },
  {
    what: 'the pointer’s row is gone',
    harm: ['delete from scorehouse.control_scores'],
    says: /control_scores has lost its row, while version 1 is on record as live/,
    on: ['duckdb'],
  },
  {
    what: 'the pointer points nowhere',
    harm: ['update scorehouse.control_scores set pointer = null'],
    says: /control_scores points to no version, while version 1 is on record as live/,
    on: ['duckdb'],
  },
  {
    what: 'it is a newer program’s',
    harm: ["insert into scorehouse.migrations values (999, '999_later', 'scorehouse 99', current_timestamp)"],
    says: /at migration 999, this program knows/,
    on: ['duckdb'],
  },
];

for (const kind of HOUSES) {
  describe(`a ledger on ${kind} that is not as it was made`, () => {
    for (const { what, harm, says } of DAMAGES.filter(({ on }) => on.includes(kind))) {
      it(`${what}: run and doctor end with 6 and say so, and nothing is made anew`, async (t) => {
        const house = await makePublished(t, kind);
        await house.execute(...harm);
        const before = await readAll(house);

        const run = await house.run('run');
        assert.equal(run.code, 6, run.stderr);
        assert.match(run.stderr, says);
        const doctor = await house.run('doctor');
        assert.equal(doctor.code, 6, doctor.stdout);
        assert.match(doctor.stdout, says);

        assert.deepEqual(await readAll(house), before);
      });
    }

    it('it is an older program’s: doctor says so and ends with 0, the next run brings it up to date', async (t) => {
      const house = await makePublished(t, kind);
      await house.execute(`delete from scorehouse.migrations where number = ${LEDGER_NUMBER}`);
      const doctor = await house.run('doctor');
      assert.equal(doctor.code, 0, doctor.stdout);
      assert.match(
        doctor.stdout,
        new RegExp(`at migration ${LEDGER_NUMBER - 1} of ${LEDGER_NUMBER}; the next run`),
      );
      const run = await house.run('run');
      assert.equal(run.code, 0, run.stderr);
      const newest = await house.query('select max(number) from scorehouse.migrations');
      assert.deepEqual(newest, [[String(LEDGER_NUMBER)]]);
    });

    it('has just the columns that are looked for', async (t) => {
      const house = await makePublished(t, kind);
      const columns = await house.query(
        `select table_name, column_name from information_schema.columns where table_schema = 'scorehouse'
  and table_name not in ('migrations', 'control_scores')`,
      );
      const wanted = MIGRATIONS.flatMap(([name, relation]) =>
        columnsOf(name).map((column) => `${relation}.${column}`),
      );
      assert.deepEqual(columns.map((row) => row.join('.')).sort(), wanted.sort());
    });
  });
}

async function makePublished(t: TestContext, kind: HouseKind): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderEcho('strategy: swap') });
  await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')");
  const run = await house.run('run');
  assert.equal(run.code, 0, run.stderr);
  return house;
}

/** What is in the two schemas, and what readers see. */
async function readAll(house: House): Promise<unknown> {
  const tables = await house.query(
    `select table_schema, table_name, column_name from information_schema.columns
where table_schema in ('scorehouse', 'predictions') order by 1, 2, 3`,
  );
  const rows = await house.query('select * from predictions.scores order by id');
  return { tables, rows };
}
