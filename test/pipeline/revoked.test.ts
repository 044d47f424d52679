import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { makeHouse, runAs } from '../support/house.js';
import { openRunner } from '../support/runs.js';

for (const strategy of ['swap', 'merge'] as const) {
  test(`a right that is taken away when all is staged is exit code 6 and named; given back, the next run publishes without scoring (postgres, ${strategy})`, async (t) => {
    const house = await makeHouse(t, 'postgres', { scores: renderEcho(`strategy: ${strategy}`) });
    await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')");
    const role = await runAs(t, house, 'scorer');
    assert.equal((await house.run('run')).code, 0);
    await house.execute('update source set score = score + 10');
    const seen = 'select id, f32_same from predictions.scores order by id';
    const before = await house.query(seen);
    {
      await using runner = await openRunner(house);
      const ran = await runner.run(async (point) => {
        if (point !== 'before query gate/counts') return;
        await house.execute(`revoke insert on scorehouse.publishes from ${role}`);
      });
      assert.equal(ran.exit_code, 6, JSON.stringify(ran.events.at(-2)));
      const failed = ran.events.find(({ event }) => event === 'run_failed');
      assert.match(JSON.stringify(failed), /"code":"PERMISSION".*publishes.*"hint":"[^"]*grant/i);
    }
    assert.deepEqual(await house.query(seen), before);
    await house.execute(`grant insert on scorehouse.publishes to ${role}`);

    const { code, stdout, stderr } = await house.run('run', '--json');

    assert.equal(code, 0, stderr);
    assert.match(stdout, /"event":"resumed","from":"staged"/);
    assert.doesNotMatch(stdout, /"event":"chunks_loaded"/);
    assert.deepEqual(await house.query(seen), [
      ['1', '11'],
      ['2', '12'],
    ]);
  });
}
