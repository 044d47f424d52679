import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { makeHouse } from '../support/house.js';
import { parseEvents } from '../support/project.js';

const COLUMNS = 10_000;

test('of a source of ten thousand columns a run reads only what it needs (duckdb)', async (t) => {
  const house = await makeHouse(t, 'duckdb', {
    scores: renderEcho('').replace('* from source', '* from wide'),
  });
  const others = Array.from({ length: COLUMNS - 5 }, (_, i) => `${i} as other_${i}`);
  await house.execute(
    ECHO_SOURCE,
    "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')",
    `create table wide as select *, ${others.join(', ')} from source`,
  );

  const { code, stdout, stderr } = await house.run('run', '--json');

  assert.equal(code, 0, stderr);
  const planned = parseEvents(stdout).find(({ event }) => event === 'planned');
  assert.doesNotMatch(JSON.stringify(planned), /other_/);
  const compiled = await house.run('plan', '--sql');
  assert.equal(compiled.code, 0, compiled.stderr);
  assert.doesNotMatch(compiled.stdout, /other_/, 'no statement names a column that is not needed');
  assert.deepEqual(await house.query('select id, f32_same from predictions.scores order by id'), [
    ['1', '1'],
    ['2', '2'],
  ]);
});
