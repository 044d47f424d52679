import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, makeHouse } from '../support/house.js';

/** Keys in their order; chunks have two rows. */
const INPUTS = [
  { where: 'in one chunk', keys: [1, 1, 2, 3] },
  { where: 'on both sides of a chunk border', keys: [1, 2, 2, 3] },
  { where: 'over three chunks', keys: [1, 2, 2, 2, 2, 3] },
];

for (const kind of HOUSES) {
  for (const { where, keys } of INPUTS) {
    test(`a key that comes twice ${where} is refused before anybody reads it (${kind})`, async (t) => {
      const more = 'resources: { workers: 1, chunk_rows: 2 }';
      const house = await makeHouse(t, kind, { scores: renderEcho('', { more }) });
      await house.execute(ECHO_SOURCE, "insert into source values (1, 0.5, 1, true, 'before')");
      assert.equal((await house.run('run')).code, 0);
      const rows = keys.map((key, i) => `(${key}, ${i}, 1, true, 'row ${i}')`);
      await house.execute('delete from source', `insert into source values ${rows.join(', ')}`);

      const { code, stdout, stderr } = await house.run('run');

      assert.equal(code, 3, stdout + stderr);
      const twice = keys.find((key, i) => keys.indexOf(key) !== i);
      assert.match(stdout + stderr, new RegExp(`BAD_KEYS[^]*\\b${twice}\\b`));
      assert.deepEqual(await house.query('select id, note from predictions.scores'), [['1', 'before']]);
    });
  }
}
