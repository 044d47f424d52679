import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, makeHouse, writeTarget } from '../support/house.js';
import { openRunner, type Ran } from '../support/runs.js';

for (const kind of HOUSES) {
  test(`limits.rows ends a run before anything is written: exit code 2 (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'limits: { rows: 2 }');
    const { code, stderr } = await house.run('run');
    assert.equal(code, 2);
    assert.match(stderr, /LIMIT_EXCEEDED .*the source has 3 rows, more than limits\.rows allows \(2\)/);
    const ledger = "select count(*) from information_schema.schemata where schema_name = 'scorehouse'";
    assert.deepEqual(await house.query(ledger), [['0']]);

    writeTarget(house, 'scores', renderTarget('limits: { rows: 3, bytes_billed: 1 B, cost: 0 }'));
    assert.equal((await house.run('run')).code, 0, 'nothing is billed for reading here');
  });

  test(`limits.duration stops a run, and a later one goes on with it: exit code 1 (${kind})`, async (t) => {
    const house = await makeSource(t, kind, 'limits: { duration: 5 s }\nresources: { chunk_rows: 1 }');
    const stopped = await runSlowly(house);
    assert.deepEqual([stopped.state, stopped.exit_code], ['interrupted', 1]);
    const failed = stopped.events.find(({ event }) => event === 'run_failed');
    assert.equal(failed?.event === 'run_failed' && failed.code, 'LIMIT_REACHED');
    assert.deepEqual(await house.query('select state, error_code, resume from scorehouse.runs'), [
      ['interrupted', 'LIMIT_REACHED', 'chunks'],
    ]);

    writeTarget(house, 'scores', renderTarget('resources: { chunk_rows: 1 }'));
    const next = await house.run('run');
    assert.equal(next.code, 0, next.stderr);
    assert.match(next.stdout, /resuming run/);
    assert.deepEqual(await house.query('select count(*) from predictions.scores'), [['3']]);
  });
}

async function makeSource(t: TestContext, kind: House['kind'], more: string): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderTarget(more) });
  await house.execute(
    ECHO_SOURCE,
    "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b'), (3, 3, 3, true, 'c')",
  );
  return house;
}

function renderTarget(more: string): string {
  return renderEcho('', { more }).replace('from source }', 'from source, snapshot: frozen }');
}

/** Runs, and takes longer than the limit once the second chunk is to be loaded. */
async function runSlowly(house: House): Promise<Ran> {
  await using runner = await openRunner(house);
  let loads = 0;
  return await runner.run(
    async (point) => {
      if (point.startsWith('before load') && ++loads === 2) await sleep(6000);
    },
    undefined,
    [],
    { checkpointMs: 0 },
  );
}
