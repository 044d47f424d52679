import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { fixtureFile } from '../support/fixtures.js';
import { HOUSES, makeHouse } from '../support/house.js';
import { runWatched } from '../support/watched-run.js';

const MODEL = fixtureFile('types', 'model.onnx');

for (const kind of HOUSES) {
  test(`a model whose file is replaced during a run scores to its end, and is the one in the ledger (${kind})`, async (t) => {
    const more = 'resources: { workers: 2, chunk_rows: 2 }';
    const target = renderEcho('', { more }).replace(JSON.stringify(MODEL), 'models/mine.onnx');
    const house = await makeHouse(t, kind, { scores: target });
    const file = join(house.dir, 'models', 'mine.onnx');
    mkdirSync(join(house.dir, 'models'));
    copyFileSync(MODEL, file);
    await house.execute(
      ECHO_SOURCE,
      "insert into source select i, i, 1, true, 'row ' || i from generate_series(1, 21) as t(i)",
    );

    const { finished, failure } = await runWatched(house, (point) => {
      if (point === 'before read') writeFileSync(file, readFileSync(fixtureFile('bad', 'corrupt.onnx')));
    });

    assert.equal(finished.exit_code, 0, failure);
    assert.deepEqual(
      await house.query('select id, f32_same from predictions.scores order by id'),
      await house.query('select id, score from source order by id'),
    );
    const sha256 = createHash('sha256').update(readFileSync(MODEL)).digest('hex');
    assert.deepEqual(await house.query('select model_sha256 from scorehouse.runs'), [[sha256]]);
    const next = await house.run('run');
    assert.equal(next.code, 2, 'the next run reads the file anew');
  });
}
