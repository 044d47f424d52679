import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, type HouseKind, makeHouse } from '../support/house.js';
import { spawnCommand } from '../support/project.js';
import { failureOf, openRunner } from '../support/runs.js';

const CONTROL = 'scorehouse.control_scores';
const SCORES = 'select id, f32_same from predictions.scores order by id';
const HOLDER = `select holder from ${CONTROL}`;

for (const kind of HOUSES) {
  test(`of two runs of one target at once, one publishes and the other exits 4 (${kind})`, async (t) => {
    const house = await makeSource(t, kind);
    await using runner = await openRunner(house);
    let second: { readonly code: number; readonly stderr: string } | undefined;

    const first = await runner.run(async (point) => {
      if (point.startsWith('before load')) second = await spawnCommand(t, house, ['run']).ended;
    });

    assert.equal(second?.code, 4, second?.stderr);
    assert.match(second.stderr, /LEASE_HELD/);
    assert.equal(first.exit_code, 0, failureOf(first));
    await runner[Symbol.asyncDispose]();
    assert.deepEqual(await house.query('select state from scorehouse.runs'), [['published']]);
  });

  test(`whatever comes of a run, it lets its target go (${kind})`, async (t) => {
    const house = await makeSource(t, kind);
    const stop = new AbortController();
    const fail = (at: string) => (point: string) => {
      if (point.startsWith(at)) throw new Error('a fault');
    };
    const interrupt = (point: string) => {
      if (point.startsWith('before load')) stop.abort();
    };
    const outcomes = [
      { code: 0 },
      { code: 1, hook: fail('before load') },
      { code: 1, hook: fail('after load') },
      { code: 1, hook: fail('before execute ledger/pointer_move') },
      { code: 130, hook: interrupt, signal: stop.signal },
    ];
    for (const { code, hook, signal } of outcomes) {
      await using runner = await openRunner(house);
      const ran = await runner.run(hook, signal);
      assert.equal(ran.exit_code, code, failureOf(ran));
      await runner[Symbol.asyncDispose]();
      assert.deepEqual(await house.query(HOLDER), [[null]]);
    }
    await house.execute("insert into source values (1, 1, 1, true, 'twice')");
    assert.equal((await house.run('run')).code, 3);
    assert.deepEqual(await house.query(HOLDER), [[null]]);
    await house.execute('delete from source');
    assert.equal((await house.run('run')).code, 3);
    assert.deepEqual(await house.query(HOLDER), [[null]]);
    assert.deepEqual(await house.query('select count(*) from scorehouse.publishes'), [['1']]);
  });
}

test('a run that another has the target ends before it counts its source', async (t) => {
  const house = await makeSource(t, 'postgres');
  await publish(house);
  await hold(house, 'elsewhere:1:000000000000', 30);
  await using runner = await openRunner(house);
  const points: string[] = [];

  const ran = await runner.run((point) => void points.push(point));

  assert.equal(ran.exit_code, 4);
  assert.match(failureOf(ran), /another run holds scores: elsewhere:1:000000000000/);
  assert.ok(
    points.every((point) => !point.includes('snapshot') && !point.includes('source/')),
    `${points}`,
  );
  const planned = await house.run('plan');
  assert.equal(planned.code, 0, 'a plan takes nothing');
  assert.deepEqual(await house.query(HOLDER), [['elsewhere:1:000000000000']]);
});

test('a promote or rollback of a target that another has exits 4', async (t) => {
  const house = await makeSource(t, 'postgres');
  for (let i = 0; i < 2; i++) await publish(house);
  await hold(house, `${hostname()}:${process.pid}:000000000000`, 30);

  for (const argv of [
    ['promote', 'scores', '1'],
    ['rollback', 'scores'],
  ]) {
    const { code, stderr } = await house.run(...argv);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /LEASE_HELD/);
  }
});

test('a lease whose holder is a dead process of this host is waited out', async (t) => {
  const house = await makeSource(t, 'postgres');
  await publish(house);
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  await hold(house, `${hostname()}:${dead}:000000000000`, 3);
  const start = performance.now();

  await publish(house);

  assert.ok(performance.now() - start > 2000, 'the lease was not waited for');
});

test('a lease that has run out is taken over, whoever held it', async (t) => {
  const house = await makeSource(t, 'postgres');
  await publish(house);
  await hold(house, 'elsewhere:1:000000000000', -1);
  await publish(house);
});

test('a run renews its lease while it lasts', async (t) => {
  const house = await makeSource(t, 'postgres');
  await using runner = await openRunner(house);
  const expiries: number[] = [];
  const look = async () => {
    const [row] = await house.query(`select extract(epoch from expires_at) from ${CONTROL}`);
    expiries.push(Number(row?.[0]));
  };

  const ran = await runner.run(async (point) => {
    if (!point.startsWith('before load')) return;
    await look();
    await sleep(11_000);
    await look();
  });

  assert.equal(ran.exit_code, 0, failureOf(ran));
  const [before = 0, after = 0] = expiries;
  assert.ok(after - before > 9 && after - before < 12, `the lease was renewed by ${after - before} s`);
});

async function makeSource(t: TestContext, kind: HouseKind): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderEcho('keep_versions: 3') });
  await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')");
  return house;
}

async function publish(house: House): Promise<void> {
  const { code, stdout, stderr } = await house.run('run');
  assert.equal(code, 0, stdout + stderr);
  assert.equal((await house.query(SCORES)).length, 2);
}

/** Has somebody hold the target for so many seconds. */
async function hold(house: House, holder: string, seconds: number): Promise<void> {
  await house.execute(
    `update ${CONTROL} set holder = '${holder}', epoch = epoch + 1, expires_at = now() + interval '${seconds} s'`,
  );
}
