import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { parse } from 'libpg-query';
import { duckdbDialect } from '../../adapters/duckdb/dialect.js';
import { postgresDialect } from '../../adapters/postgres/dialect.js';
import type { Dialect } from '../../src/contract/index.js';
import { fixtureFile } from '../support/fixtures.js';
import { HOUSES, type House, type HouseKind, makeHouse, writeTarget } from '../support/house.js';
import { PAYLOADS } from '../support/payloads.js';
import { execute, makeDatabase, postgresUrl } from '../support/postgres.js';
import { parseEvents, writeProjectFile } from '../support/project.js';
import { startWireLog, type WireLog } from '../support/wire-log.js';

const DIALECTS: Readonly<Record<HouseKind, Dialect>> = { duckdb: duckdbDialect, postgres: postgresDialect };
/** A value in YAML, which says of its own texts that they refer to no variable. */
const yaml = (value: unknown): string => JSON.stringify(value).replaceAll('${', () => '$${');

/** What names and texts of the configuration may hold: the others are refused before anything is opened. */
const PRINTABLE = PAYLOADS.filter((payload) => !/[\p{Cc}\u2028\u2029]/u.test(payload));

/** Tables, views and schemas that nobody but this test makes, and the canary. */
const WORLD: Readonly<Record<HouseKind, string>> = {
  duckdb: `select alive::varchar from canary union all
select schema_name || '.' || table_name from duckdb_tables() where schema_name = 'main' order by 1`,
  postgres: `select alive::text from canary union all
select schemaname || '.' || tablename from pg_tables where schemaname = 'public' order by 1`,
};

/** A table with a text column for every payload, under its name; its one row holds another payload in each. */
function renderSource({ ident, literal }: Dialect): readonly string[] {
  const columns = PAYLOADS.map((name) => `${ident(name)} varchar`);
  const values = PAYLOADS.map((_, i) => literal({ type: { kind: 'text' }, text: valueAt(i) }));
  return [
    'create table canary as select 1 as alive',
    `create table source (id integer, score real, flag boolean, ${columns.join(', ')})`,
    `insert into source values (1, 0.5, true, ${values.join(', ')})`,
  ];
}

function valueAt(i: number): string {
  return PAYLOADS[(i + 7) % PAYLOADS.length] as string;
}

/** How many payloads a target takes at once. */
const AT_ONCE = 10;
const GROUPS = Array.from({ length: Math.ceil(PRINTABLE.length / AT_ONCE) }, (_, i) =>
  PRINTABLE.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
);

/** A target with payloads in every text that reaches SQL: those of one group as keys, of the next one as other columns. */
function renderTarget(n: number): string {
  const { group, next } = groupsAt(n);
  const said = group.map((payload, i) => `{{var "v${PRINTABLE.indexOf(payload)}"}} as said_${i}`).join(', ');
  const allowed = [valueAt(PAYLOADS.indexOf(next[0] as string))];
  return `description: ${yaml(group.join(' '))}
owner: ${yaml(next.join(' '))}
source: { sql: 'select *, ${said} from source' }
key: ${yaml(group)}
on_duplicate: { latest_by: ${yaml(next[0])} }
model: { uri: ${yaml(fixtureFile('types', 'model.onnx'))} }
features: { f32: { column: score }, f64: { column: score }, i32: { column: id }, i64: { column: id }, flag: { column: flag }, text: { column: ${yaml(next[0])}, allowed: ${yaml(allowed)}, unseen: { value: ${yaml(group[0])} } } }
outputs: { f32_same: {} }
passthrough: ${yaml([...next, ...group.map((_, i) => `said_${i}`)])}
write: { indexes: ${yaml(next)} }
resources: { workers: 1 }
`;
}

function groupsAt(n: number): { readonly group: readonly string[]; readonly next: readonly string[] } {
  const [group = [], next = []] = [GROUPS[n], GROUPS[(n + 1) % GROUPS.length]];
  return { group, next };
}

function writeProject(house: House, more = ''): void {
  const entry =
    house.kind === 'duckdb' ? { type: 'duckdb', path: 'shop.duckdb' } : { type: 'postgres', url: house.at };
  const vars = Object.fromEntries(PRINTABLE.map((payload, i) => [`v${i}`, payload]));
  writeProjectFile(
    house,
    'scorehouse.yml',
    `name: shop\nwarehouses: { dev: { ${yaml(entry).slice(1, -1)}${more} } }\nvars: ${yaml(vars)}\n`,
  );
}

const SETTING = /^set (?:local )?\w+ = (?:'[^']*'|\d+)$/;

async function assertOneStatementEach({ statements }: WireLog): Promise<void> {
  assert.ok(statements.length > 0);
  for (const sql of new Set(statements)) {
    // Settings go together; none of their values is anybody's text.
    if (sql.split(';').every((each) => SETTING.test(each))) continue;
    assert.equal((await parse(sql)).stmts?.length ?? 0, 1, sql);
  }
}

for (const kind of HOUSES) {
  describe(`injection into a run on ${kind}`, () => {
    const dialect = DIALECTS[kind];

    /** A house with the source; on Postgres behind a proxy that notes what is on the wire. */
    async function makeSource(
      t: TestContext,
    ): Promise<{ house: House; log: WireLog | null; world: unknown }> {
      const log = kind === 'postgres' ? await startWireLog(await makeDatabase(t)) : null;
      if (log !== null) t.after(() => log[Symbol.asyncDispose]());
      const house = await makeHouse(t, kind, {}, log === null ? {} : { url: log.url });
      await house.execute(...renderSource(dialect));
      writeProject(house);
      return { house, log, world: await house.query(WORLD[kind]) };
    }

    it(`${PRINTABLE.length} payloads as names, values, vars and texts of targets publish what they say`, async (t) => {
      const { house, log, world } = await makeSource(t);
      for (const n of GROUPS.keys()) writeTarget(house, `t${n}`, renderTarget(n));
      const { stdout, stderr } = await house.run('run', '--json');
      const finished = parseEvents(stdout).filter(({ event }) => event === 'run_finished');
      assert.equal(finished.length, GROUPS.length, stdout);
      for (const event of finished) {
        assert.ok(
          event.event === 'run_finished' && event.exit_code === 0,
          `${event.target}: ${stdout}${stderr}`,
        );
      }
      for (const n of GROUPS.keys()) {
        const { group, next } = groupsAt(n);
        const columns = [...group, ...next, ...group.map((_, i) => `said_${i}`)];
        const values = [...group, ...next].map((name) => valueAt(PAYLOADS.indexOf(name)));
        const names = columns.map((name) => dialect.ident(dialect.fold(name)));
        const select = `select ${names.join(', ')} from predictions.t${n}`;
        assert.deepEqual(await house.query(select), [[...values, ...group]]);
      }
      const texts = await house.query('select owner from scorehouse.target_status order by target');
      assert.deepEqual(new Set(texts.flat()), new Set(GROUPS.map((group) => group.join(' '))));
      assert.deepEqual(await house.query(WORLD[kind]), world);
      if (log !== null) await assertOneStatementEach(log);
    });

    it('payloads as schemas and as a table are quoted, or refused', async (t) => {
      const { house, log, world } = await makeSource(t);
      const codes = [];
      for (const payload of PRINTABLE) {
        writeProject(house, `, output_schema: ${yaml(payload)}`);
        writeTarget(house, 'one', renderTarget(0));
        const planned = await house.run('plan');
        codes.push(planned.code);
        assert.ok(planned.code === 0 || planned.code === 2, planned.stderr);
        if (planned.code === 0 && codes.length % 4 === 0) {
          const { code, stderr } = await house.run('run');
          assert.equal(code, 0, stderr);
          const view = dialect.relation({ schema: payload, name: 'one' });
          assert.deepEqual(await house.query(`select count(*) from ${view}`), [['1']]);
          await house.execute(
            `drop schema ${dialect.ident(payload)} cascade`,
            'drop schema scorehouse cascade',
          );
        }
        if (codes.length % 4 !== 0) continue;
        writeProject(house);
        const table = renderTarget(0).replace(/source: .*/, `source: { table: ${yaml(payload)} }`);
        writeTarget(house, 'one', table);
        assert.equal((await house.run('check')).code, 2);
      }
      assert.ok(codes.includes(0) && codes.includes(2));
      assert.deepEqual(await house.query(WORLD[kind]), world);
      if (log !== null) await assertOneStatementEach(log);
    });

    it('payloads on the command line are refused', async (t) => {
      const { house, log, world } = await makeSource(t);
      writeTarget(house, 'one', renderTarget(0));
      // Every third: each of these commands opens the warehouse.
      for (const payload of PAYLOADS.filter((_, i) => i % 3 === 0)) {
        for (const argv of [
          ['run', `--select=${payload}`],
          ['run', `--warehouse=${payload}`],
          ['run', `--var=${payload}`],
          ['versions', '--', payload],
        ]) {
          const { code, stderr } = await house.run(...argv);
          // `*` selects everything.
          if (payload === '*' && argv[1] === '--select=*') continue;
          assert.equal(code, 2, `${yaml(argv)}: ${stderr}`);
        }
      }
      assert.deepEqual(await house.query(WORLD[kind]), world);
      if (log !== null) await assertOneStatementEach(log);
    });
  });
}

describe('injection by names of roles', () => {
  const suffix = String(process.pid);
  const { ident } = postgresDialect;
  const roles = PRINTABLE.map((payload) => `${payload}${suffix}`);
  before(() => execute(postgresUrl(), ...roles.map((role) => `create role ${ident(role)}`)));
  after(() => execute(postgresUrl(), ...roles.map((role) => `drop role ${ident(role)}`)));

  it('grants each what it is to have', async (t) => {
    const log = await startWireLog(await makeDatabase(t));
    t.after(() => log[Symbol.asyncDispose]());
    const house = await makeHouse(t, 'postgres', {}, { url: log.url });
    await house.execute(...renderSource(postgresDialect));
    writeProject(house);
    const target = renderTarget(0);
    writeTarget(
      house,
      'one',
      target.replace('write: {', () => `write: { grants: { select: ${yaml(roles)} },`),
    );
    const { code, stdout, stderr } = await house.run('run');
    assert.equal(code, 0, stdout + stderr);
    const granted = await house.query(
      "select distinct grantee::text from information_schema.role_table_grants where table_schema = 'predictions' and table_name = 'one'",
    );
    for (const role of roles) assert.ok(granted.flat().includes(role), role);
    await assertOneStatementEach(log);
  });
});
