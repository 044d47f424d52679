import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, makeHouse, writeTarget } from '../support/house.js';

/** What a query that writes would change. */
const SET_UP = {
  duckdb: ['create sequence counter'],
  postgres: [
    'create sequence counter',
    'create table canary (alive integer)',
    'insert into canary values (1)',
    `create function harm() returns bigint language plpgsql volatile as
      $$ begin delete from canary; return 1; end $$`,
    // Looks harmless to whoever describes it: it writes only where it may.
    `create function sly() returns bigint language plpgsql volatile as
      $$ begin if current_setting('transaction_read_only') = 'off' then delete from canary; end if; return 1; end $$`,
  ],
} as const;

const WRITES = {
  duckdb: ["nextval('counter')"],
  postgres: ["nextval('counter')", 'harm()'],
} as const;

async function assertUntouched(house: House): Promise<void> {
  const used = house.kind === 'duckdb' ? "select nextval('counter')" : 'select not is_called from counter';
  assert.deepEqual(await house.query(used), [[house.kind === 'duckdb' ? '1' : 't']]);
  if (house.kind === 'postgres') assert.deepEqual(await house.query('select alive from canary'), [['1']]);
}

async function makeSource(t: Parameters<typeof makeHouse>[0], kind: House['kind']): Promise<House> {
  const house = await makeHouse(t, kind, {});
  await house.execute(ECHO_SOURCE, "insert into source values (1, 0.5, 3, true, 'n')", ...SET_UP[kind]);
  return house;
}

for (const kind of HOUSES) {
  describe(`SQL of an analyst on ${kind}`, () => {
    for (const call of WRITES[kind]) {
      for (const over of ['staged', 'result'] as const) {
        it(`cannot write in a check over: ${over}, by ${call}`, async (t) => {
          const house = await makeSource(t, kind);
          const sql = `select ${call} > 0 from {{this}}`;
          const more = `checks: [{ sql: ${JSON.stringify(sql)}, over: ${over} }]`;
          writeTarget(house, 'echo', renderEcho('', { more }));
          const { code, stdout, stderr } = await house.run('run');
          assert.notEqual(code, 0, stdout + stderr);
          assert.match(stderr, /read-only/);
          await assertUntouched(house);
        });
      }

      it(`cannot write in a source, by ${call}`, async (t) => {
        const house = await makeSource(t, kind);
        const sql = `select *, ${call} as n from source`;
        writeTarget(house, 'echo', renderEcho('').replace('select * from source', JSON.stringify(sql)));
        const { code, stdout, stderr } = await house.run('run');
        assert.notEqual(code, 0, stdout + stderr);
        assert.match(stderr, /read-only/);
        await assertUntouched(house);
      });
    }

    for (const sql of [
      'delete from source',
      'with gone as (delete from source returning *) select * from gone',
      'select * into stolen from source',
      'create table stolen as select * from source',
      'begin',
      'commit',
      'set role none',
      'copy source to stdout',
      'call harm()',
      'do $$ begin delete from source; end $$',
      'explain analyze delete from source',
      'select 1; delete from source',
      'select 1 as id) as source limit 0; delete from source; --',
      'select * from source for update',
    ]) {
      it(`is no ${sql}`, async (t) => {
        const house = await makeSource(t, kind);
        writeTarget(house, 'echo', renderEcho('').replace('select * from source', JSON.stringify(sql)));
        const { code, stdout, stderr } = await house.run('check');
        assert.equal(code, 2, stdout + stderr);
        assert.deepEqual(await house.query('select count(*) from source'), [['1']]);
        await assertUntouched(house);
      });
    }
  });
}

describe('a check on postgres', () => {
  it('runs where nothing can be written, whatever it looks like', async (t) => {
    const house = await makeSource(t, 'postgres');
    const more = "checks: [{ sql: 'select sly() = 1 from {{this}}', over: staged }]";
    writeTarget(house, 'echo', renderEcho('', { more }));
    const { code, stdout, stderr } = await house.run('run');
    assert.equal(code, 0, stdout + stderr);
    await assertUntouched(house);
  });
});
