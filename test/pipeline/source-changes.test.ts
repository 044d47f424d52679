import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, makeHouse } from '../support/house.js';
import { runWatched } from '../support/watched-run.js';

const ROWS = 4000;

/** Behind and ahead of whoever reads by key: new keys, changed scores, keys that go. */
const CHANGES = [
  `insert into source select i, -1, 1, true, 'new' from generate_series(-100, -1) as t(i)`,
  `insert into source select i, -1, 1, true, 'new' from generate_series(${ROWS + 1}, ${ROWS + 100}) as t(i)`,
  'update source set score = -2 where id % 10 = 1',
  'delete from source where id % 10 = 2',
];

for (const kind of HOUSES) {
  for (const snapshot of ['live', 'frozen'] as const) {
    test(`a run scores the source as it was when it began to read, whatever is written meanwhile (${snapshot}, ${kind})`, async (t) => {
      const target = renderEcho('', { more: 'resources: { workers: 1, chunk_rows: 100 }' });
      const house = await makeHouse(t, kind, {
        scores: target.replace('sql: ', `snapshot: ${snapshot}, sql: `),
      });
      await house.execute(
        ECHO_SOURCE,
        `insert into source select i, i / cast(3 as real), 1, true, 'row ' || i from generate_series(1, ${ROWS}) as t(i)`,
      );
      const before = await house.query('select id, score, note from source order by id');
      const changes = [...CHANGES];

      const { finished, failure } = await runWatched(house, async (point, { execute }) => {
        // The last of them when the first rows have been read and scored.
        if (point === 'before read') await execute(changes.shift() ?? 'select 1');
        if (point.startsWith('before load')) for (const sql of changes.splice(0)) await execute(sql);
      });

      assert.equal(finished.exit_code, 0, failure);
      assert.deepEqual(changes, []);
      const seen = await house.query('select id, f32_same, note from predictions.scores order by id');
      assert.deepEqual(seen, before);
      assert.notDeepEqual(await house.query('select id, score, note from source order by id'), before);
    });
  }
}
