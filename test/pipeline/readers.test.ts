import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { WAREHOUSE_SCHEMAS } from '../../adapters/index.js';
import { loadProject } from '../../src/config/index.js';
import type { SmallValue, WarehouseAdapter } from '../../src/contract/index.js';
import { newFetcher } from '../../src/run/fetcher.js';
import { runTarget } from '../../src/run/run-target.js';
import { newSession } from '../../src/run/session.js';
import { execute, executeOn, NEVER, openDuckdb, queryAll, queryOn, valueOn } from '../support/duckdb.js';
import { findFixture, loadFixture, targetOf } from '../support/fixtures.js';
import { makeProject, type Project, runCommand } from '../support/project.js';

const READERS = 20;
const PUBLISHES = 10;

const LINEAR = findFixture('linear');
const TARGET = targetOf(LINEAR, 'select * from source', 'write: { keep_versions: 3 }\n');

/** What a reader asks: one answer tells of every row of the view. */
const LOOK = `select count(*), cast(min(_run_id) as varchar), cast(max(_run_id) as varchar),
  cast(sum(hash(id, variable)) as varchar) from predictions.scores`;

/** Another number of rows with other scores for each version. */
function renderSource(version: number): string {
  return `create or replace table source as
    select * replace (f0 + ${version} as f0) from input order by id limit ${500 + 20 * version}`;
}

test('twenty readers see one whole version at a time while ten are published', async (t) => {
  const project = makeProject(t, { scores: TARGET });
  await using adapter = await openDuckdb(project.database);
  await execute(adapter, ...loadFixture(LINEAR));
  const run = await newRunner(project, adapter);
  const published = new Map<string, readonly SmallValue[]>();
  const versions: string[] = [];
  const publish = async (version: number): Promise<void> => {
    await execute(adapter, renderSource(version));
    await run();
    const [seen = []] = await queryAll(adapter, LOOK);
    assert.equal(seen[0], BigInt(500 + 20 * version));
    published.set(String(seen[1]), seen);
    versions.push(String(seen[1]));
  };
  await publish(1);

  let done = false;
  const read = async (): Promise<readonly (readonly SmallValue[])[]> => {
    const answers: (readonly SmallValue[])[] = [];
    while (!done) answers.push(...(await queryAll(adapter, LOOK)));
    return answers;
  };
  const readers = Array.from({ length: READERS }, read);
  try {
    for (let version = 2; version <= PUBLISHES; version++) await publish(version);
  } finally {
    done = true;
  }
  const answers = await Promise.all(readers);

  for (const [reader, seen] of answers.entries()) {
    for (const answer of seen) assert.deepEqual(answer, published.get(String(answer[1])), `reader ${reader}`);
    const order = seen.map((answer) => versions.indexOf(String(answer[1])));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
      `reader ${reader} never goes back`,
    );
  }
  const distinct = new Set(answers.flat().map((answer) => answer[1]));
  t.diagnostic(`${answers.flat().length} answers over ${distinct.size} versions`);
  assert.ok(distinct.size > 1, 'the readers saw versions change');
});

test('promote and rollback move the view under a new publish_seq', async (t) => {
  const { project, looks } = await publishVersions(t, 3);

  const promoted = await runCommand(project, ['promote', 'scores', '1']);
  assert.equal(promoted.code, 0, promoted.stderr);
  assert.deepEqual((await queryOn(project.database, LOOK))[0], looks[0]);

  const rolledBack = await runCommand(project, ['rollback', 'scores']);
  assert.equal(rolledBack.code, 0, rolledBack.stderr);
  assert.deepEqual((await queryOn(project.database, LOOK))[0], looks[2]);

  const to = await runCommand(project, ['rollback', 'scores', '--to', '2']);
  assert.equal(to.code, 0, to.stderr);
  assert.deepEqual((await queryOn(project.database, LOOK))[0], looks[1]);

  const publishes = 'select publish_seq, version, kind from scorehouse.publishes order by publish_seq';
  assert.deepEqual(await queryOn(project.database, publishes), [
    [1n, 1n, 'run'],
    [2n, 2n, 'run'],
    [3n, 3n, 'run'],
    [4n, 1n, 'promote'],
    [5n, 3n, 'rollback'],
    [6n, 2n, 'rollback'],
  ]);
  const control = 'select pointer, publish_seq, holder from scorehouse.control_scores';
  assert.deepEqual(await queryOn(project.database, control), [[2n, 6n, null]]);
  const states = 'select version, state from scorehouse.versions order by version';
  assert.deepEqual(await queryOn(project.database, states), [
    [1n, 'kept'],
    [2n, 'live'],
    [3n, 'kept'],
  ]);
});

test('keep_versions drops the oldest tables and never the live one', async (t) => {
  const { project } = await publishVersions(t, 5);

  assert.deepEqual(await tablesOf(project), ['scores__v3', 'scores__v4', 'scores__v5']);
  const gone = await runCommand(project, ['promote', 'scores', '1']);
  assert.equal(gone.code, 2, 'a dropped version cannot become live');
  assert.match(gone.stderr, /version 1 of scores cannot become live: it is dropped/);
});

test('keep_versions keeps the version that a rollback reaches', async (t) => {
  const { project, looks } = await publishVersions(t, 4);
  const promoted = await runCommand(project, ['promote', 'scores', '2']);
  assert.equal(promoted.code, 0, promoted.stderr);
  await publishNext(project, 5);
  assert.deepEqual(await tablesOf(project), ['scores__v2', 'scores__v3', 'scores__v4', 'scores__v5']);

  const back = await runCommand(project, ['rollback', 'scores']);

  assert.equal(back.code, 0, back.stderr);
  assert.deepEqual((await queryOn(project.database, LOOK))[0], looks[1]);
});

/** Runs the target again and again on one open adapter. */
async function newRunner(project: Project, adapter: WarehouseAdapter): Promise<() => Promise<void>> {
  const { project: resolved, targets } = await loadProject(project.dir, {
    env: {},
    warehouseSchemas: WAREHOUSE_SCHEMAS,
    varOverrides: {},
  });
  const warehouse = resolved.warehouses.get('dev');
  const [target] = targets;
  assert.ok(warehouse !== undefined && target !== undefined);
  const session = newSession(resolved, warehouse, adapter, 2, newFetcher({}, NEVER));
  return async () => {
    const failures: unknown[] = [];
    const finished = await runTarget(session, target, {
      signal: NEVER,
      emit: (event) => event.event === 'run_failed' && failures.push(event),
      program: 'test',
    });
    assert.equal(finished.exit_code, 0, JSON.stringify(failures));
  };
}

/** A project with so many published versions, and what readers saw of each. */
async function publishVersions(t: TestContext, count: number) {
  const project = makeProject(t, { scores: TARGET });
  await executeOn(project.database, ...loadFixture(LINEAR));
  const looks: (readonly SmallValue[] | undefined)[] = [];
  for (let version = 1; version <= count; version++) {
    await publishNext(project, version);
    looks.push((await queryOn(project.database, LOOK))[0]);
  }
  return { project, looks };
}

async function publishNext(project: Project, version: number): Promise<void> {
  await executeOn(project.database, renderSource(version));
  const { code, stderr } = await runCommand(project, ['run']);
  assert.equal(code, 0, stderr);
  const live = await valueOn(
    project.database,
    "select version from scorehouse.versions where state = 'live'",
  );
  assert.equal(live, BigInt(version));
}

async function tablesOf({ database }: Project): Promise<readonly SmallValue[]> {
  const sql = "select table_name from duckdb_tables() where schema_name = 'predictions' order by table_name";
  return (await queryOn(database, sql)).map(([name]) => name ?? null);
}
