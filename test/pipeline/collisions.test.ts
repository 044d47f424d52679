import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel } from '../../src/model/artifact.js';
import { newFetcher } from '../../src/run/fetcher.js';
import { NEVER } from '../support/duckdb.js';
import { findFixture, fixtureFile, targetOf } from '../support/fixtures.js';
import { HOUSES, makeHouse } from '../support/house.js';
import { countsOf, publish } from '../support/rejecting.js';

/** A threshold of the model's trees for its first feature, not 0. */
async function findThreshold(): Promise<number> {
  const path = fixtureFile('lightgbm', 'model.onnx');
  const options = { uri: path, place: { kind: 'file', path }, externalData: false } as const;
  await using artifact = await loadModel(options, newFetcher({}, NEVER));
  const threshold = artifact.buildFacts().thresholds.features?.[0]?.find((value) => Math.abs(value) > 0.01);
  assert.ok(threshold !== undefined, 'the model has thresholds for its first feature');
  return threshold;
}

for (const kind of HOUSES) {
  test(`doubles that float32 rounds to a threshold are counted, and scored (${kind})`, async (t) => {
    const fixture = findFixture('lightgbm');
    const threshold = await findThreshold();
    const house = await makeHouse(t, kind, { scores: targetOf(fixture, 'select * from source') });
    const columns = Object.keys(fixture.inputs);
    await house.execute(
      `create table source (id bigint, ${columns.map((name) => `${name} double precision`).join(', ')})`,
    );
    const firsts = [threshold, threshold * (1 + 1e-10), threshold * (1 - 1e-10), threshold * 1.5];
    const rows = firsts.map((first, id) => `(${[id, first, ...columns.slice(1).map(() => 0)].join(', ')})`);
    await house.execute(`insert into source values ${rows.join(', ')}`);
    await publish(house);

    assert.deepEqual(await countsOf(house), [['f0', 'collision', 'pass', '2']]);
    assert.deepEqual(await house.query('select count(*), count(variable) from predictions.scores'), [
      ['4', '4'],
    ]);
  });
}
