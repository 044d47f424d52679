import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { loadContext, openSession } from '../../src/cli/context.js';
import type { CommandEnv } from '../../src/cli/options.js';
import { Redactor } from '../../src/contract/index.js';
import { runTarget } from '../../src/run/run-target.js';
import { executeOn, NEVER, queryOn } from '../support/duckdb.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { assertNoLeak, assertNoLeakInside, type Canary, newCanary, readAll } from '../support/leaks.js';
import { execute, makeDatabase, postgresUrl, queryAll } from '../support/postgres.js';
import { makeFolder, runCommand, writeProjectFile } from '../support/project.js';

/** A project whose warehouse holds the canary. */
interface Nest {
  readonly dir: string;
  readonly canary: Canary;
  readonly env: Readonly<Record<string, string>>;
  /** Every row of the ledger, as text. */
  readLedger(): Promise<string>;
}

const COMMANDS = [
  'check',
  'plan --sql',
  'plan --json',
  'run',
  'run --json',
  'status --json',
  'runs --json',
  'versions echo',
  'promote echo 1',
  'rollback echo --json',
  'verify echo',
  'quarantine echo',
  'reconcile --json',
  'compile',
  'doctor',
  'doctor --json',
];

/** Commands that fail in a way of their own where the warehouse cannot be had. */
const FAILING = [
  'check',
  'plan --json',
  'run',
  'run --json',
  'status',
  'doctor',
  'doctor --json',
  'reconcile',
];

const TARGET = renderEcho('');
const TABLES = "select table_name from information_schema.tables where table_schema = 'scorehouse'";

async function run(nest: Nest, line: string): Promise<number> {
  const { code, stdout, stderr } = await runCommand(
    { dir: nest.dir, database: '' },
    line.split(' '),
    NEVER,
    () => undefined,
    nest.env,
  );
  assertNoLeak(nest.canary, stdout + stderr, line);
  return code;
}

/** Everything that the commands left: files of the project, and the ledger. */
async function assertClean(nest: Nest): Promise<void> {
  for (const [file, text] of readAll(nest.dir, '.sql')) assertNoLeak(nest.canary, text, file);
  assertNoLeak(nest.canary, await nest.readLedger(), 'the ledger');
}

function writeProject(dir: string, warehouse: string): void {
  writeProjectFile({ dir }, 'scorehouse.yml', `name: shop\nwarehouses: { dev: { ${warehouse} } }\n`);
}

const SOURCE = [ECHO_SOURCE, "insert into source values (1, 0.5, 3, true, 'n')"];

/** A Postgres database, whose role has the canary as its password. */
async function makePostgres(t: TestContext): Promise<Nest & { readonly keys: string }> {
  const canary = newCanary();
  const at = new URL(await makeDatabase(t));
  const role = `r_${canary.core.slice(6)}`;
  await execute(
    at.href,
    ...SOURCE,
    `create role ${role} login password '${canary.value.replaceAll("'", "''")}'`,
    `grant create on database ${at.pathname.slice(1)} to ${role}`,
    `grant select on source to ${role}`,
  );
  t.after(() => execute(postgresUrl(), `drop role ${role}`));
  const keys = `type: postgres, host: "${at.hostname}", port: ${at.port}, database: "${at.pathname.slice(1)}", user: ${role}`;
  const dir = makeFolder(t);
  writeProjectFile({ dir }, 'targets/echo.yml', `name: echo\n${TARGET}`);
  writeProject(dir, `${keys}, password: "\${CANARY}"`);
  const readLedger = async (): Promise<string> => {
    const tables = await queryAll(at.href, TABLES);
    const rows = await Promise.all(
      tables.map(([name]) => queryAll(at.href, `select t::text from scorehouse."${name}" as t`)),
    );
    return JSON.stringify(rows);
  };
  return {
    dir,
    canary,
    env: { CANARY: canary.value, ENCODED: encodeURIComponent(canary.value) },
    keys,
    readLedger,
  };
}

/** A DuckDB file under the canary's name, beside a warehouse that nobody uses. */
async function makeDuckdb(t: TestContext): Promise<Nest> {
  const { core } = newCanary();
  const canary = { core, value: `${core}.duckdb` };
  const dir = makeFolder(t);
  const file = `${dir}/${canary.value}`;
  await executeOn(file, ...SOURCE);
  writeProjectFile({ dir }, 'targets/echo.yml', `name: echo\n${TARGET}`);
  writeProject(dir, 'type: duckdb, path: "${CANARY}"');
  const readLedger = async (): Promise<string> => {
    const tables = await queryOn(file, TABLES);
    const rows = [];
    for (const [name] of tables)
      rows.push(await queryOn(file, `select t::varchar from scorehouse."${name}" as t`));
    return JSON.stringify(rows);
  };
  return { dir, canary, env: { CANARY: canary.value }, readLedger };
}

for (const [kind, make] of [
  ['postgres', makePostgres],
  ['duckdb', makeDuckdb],
] as const) {
  describe(`a canary among the secrets of ${kind}`, () => {
    it('is in no output, file or ledger where all is well', async (t) => {
      const nest = await make(t);
      for (const line of COMMANDS) assert.equal(await run(nest, line), 0, line);
      await assertClean(nest);
    });

    for (const [what, target] of [
      ['broken SQL', TARGET.replace('select * from source', 'select * form source')],
      [
        'SQL that fails on a row',
        TARGET.replace('select * from source', 'select *, 1 / (id - 1) as n from source'),
      ],
      ['a missing table', TARGET.replace('from source', 'from nowhere')],
      ['a check that fails', `${TARGET}checks: [{ sql: 'select false' }]\n`],
      ['a missing model', TARGET.replace(/uri: "[^"]*"/, 'uri: nowhere.onnx')],
      ['an unknown key', `${TARGET}sauce: 1\n`],
    ] as const) {
      it(`is nowhere after ${what}`, async (t) => {
        const nest = await make(t);
        writeProjectFile(nest, 'targets/echo.yml', `name: echo\n${target}`);
        for (const line of ['check', 'run', 'run --json', 'plan --sql', 'compile']) await run(nest, line);
        await assertClean(nest);
      });
    }

    it('is in no object of the program', async (t) => {
      const nest = await make(t);
      const quiet = { write: () => undefined };
      const env: CommandEnv = {
        stdout: quiet,
        stderr: quiet,
        env: nest.env,
        cwd: nest.dir,
        signal: NEVER,
        redactor: new Redactor(),
      };
      const loaded = await loadContext({}, env);
      assertNoLeakInside(nest.canary, loaded, 'the configuration');
      assertNoLeakInside(nest.canary, env.redactor, 'the redactor');
      const session = await openSession(loaded, {}, env, { write: true, lockWaitMs: 0 });
      await using adapter = session.adapter;
      assertNoLeakInside(nest.canary, adapter, 'the adapter');
      const told: unknown[] = [];
      const [target] = loaded.targets;
      assert.ok(target);
      const options = { signal: NEVER, program: 'test', emit: (event: unknown) => void told.push(event) };
      const broken = {
        ...target,
        source: { kind: 'sql', sql: `select '${nest.canary.value.replaceAll("'", "''")}' +` },
      } as const;
      for (const each of [target, broken]) await runTarget(session, each, options);
      assertNoLeakInside(nest.canary, told, 'an event');
    });
  });
}

describe('a canary on postgres', () => {
  for (const [what, more] of [
    ['a wrong password', 'user: postgres, password: "${CANARY}"'],
    ['no such database', 'database: "${CANARY}", password: "${CANARY}"'],
    ['no such role', 'user: "${CANARY}", password: "${CANARY}"'],
    [
      'a value that the server refuses and quotes',
      `options: "-c work_mem='\${CANARY}'", password: "\${CANARY}"`,
    ],
    ['no such host', 'host: "${CANARY}.invalid", password: "${CANARY}"'],
    ['nobody at the port', 'port: 1, password: "${CANARY}"'],
    ['TLS that is not there', 'sslmode: verify-full, sslrootcert: "${CANARY}", password: "${CANARY}"'],
    ['a word in place of a port', 'port: "${CANARY}"'],
    ['a mode that is none', 'sslmode: "${CANARY}"'],
    ['a misspelt key', 'pasword: "${CANARY}"'],
    ['a broken URL', 'url: "postgres//u:${CANARY}@h"'],
    [
      'a URL of a host that is not there',
      'host: none.invalid, url: "postgres://u:${ENCODED}@none.invalid/d"',
    ],
    ['a URL with a parameter that is none', 'url: "postgres://u:${ENCODED}@h/d?${CANARY}=1"'],
    ['a time that is none', 'statement_timeout: "${CANARY}"'],
  ] as const) {
    it(`is nowhere after ${what}`, async (t) => {
      const nest = await makePostgres(t);
      const own = new Set([...more.matchAll(/(\w+):/g)].map(([, key]) => key));
      const kept = nest.keys.split(', ').filter((entry) => !own.has(entry.split(':')[0]));
      writeProject(nest.dir, [...kept, more].join(', '));
      for (const line of FAILING) {
        const code = await run(nest, line);
        assert.ok(code === 1 || code === 2 || code === 6, `${line}: exit code ${code}`);
      }
      await assertClean(nest);
    });
  }

  it('that is written into the file is nowhere else', async (t) => {
    const nest = await makePostgres(t);
    writeProject(nest.dir, `${nest.keys}, password: ${JSON.stringify(nest.canary.value)}`);
    for (const line of ['check', 'run', 'run --json', 'plan --json', 'doctor', 'compile']) {
      assert.equal(await run(nest, line), 0, line);
    }
    await assertClean(nest);
  });
});
