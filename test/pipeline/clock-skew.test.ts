import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, makeHouse } from '../support/house.js';
import { openRunner } from '../support/runs.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const CLOCK = new URL('../support/skewed-clock.js', import.meta.url).href;

const CONTROL =
  'select extract(epoch from expires_at - now()), holder is null from scorehouse.control_scores';

/** A command in a process whose clock is so many hours ahead. */
function runAt(hours: number, { dir }: House, ...argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', CLOCK, MAIN, ...argv], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...process.env, SKEW_HOURS: String(hours) },
  });
  return { code: status, text: stdout + stderr };
}

for (const kind of HOUSES) {
  test(`runs of machines whose clocks differ by hours publish in the order that they run (${kind})`, async (t) => {
    const house = await makeHouse(t, kind, { scores: renderEcho('keep_versions: 9') });
    await house.execute(ECHO_SOURCE, "insert into source values (1, 0, 0, true, 'a')");
    for (const [i, hours] of [1, -1, 0, -1, 1].entries()) {
      await house.execute(`update source set score = ${i}`);
      const { code, text } = runAt(hours, house, 'run');
      assert.equal(code, 0, text);
      assert.deepEqual(await house.query('select f32_same from predictions.scores'), [[String(i)]]);
    }
    const publishes = await house.query('select publish_seq, version from scorehouse.publishes order by 1');
    assert.deepEqual(
      publishes,
      [1, 2, 3, 4, 5].map((number) => [String(number), String(number)]),
    );
    const back = runAt(-1, house, 'rollback', 'scores');
    assert.equal(back.code, 0, back.text);
    assert.deepEqual(await house.query('select f32_same from predictions.scores'), [['3']]);
  });
}

for (const hours of [1, -1]) {
  test(`a lease is held by the warehouse's clock, also from a machine ${hours} h off (postgres)`, async (t) => {
    const house = await makeHouse(t, 'postgres', { scores: renderEcho('') });
    await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a')");
    await using runner = await openRunner(house);
    const outcomes: ReturnType<typeof runAt>[] = [];
    const ran = await runner.run(async (point) => {
      if (!point.startsWith('before load')) return;
      // One that is ahead must not take the lease for run out.
      outcomes.push(runAt(hours, house, 'run'));
      const [[left] = []] = await house.query(CONTROL);
      assert.ok(Number(left) > 0 && Number(left) <= 30, `${left} s are left`);
    });
    assert.equal(ran.exit_code, 0);
    assert.deepEqual(
      outcomes.map(({ code }) => code),
      [4],
      outcomes[0]?.text,
    );
  });
}
