import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { copyTables } from '../support/copy-tables.js';
import { executeOn } from '../support/duckdb.js';
import { FIXTURES, type Fixture, fixtureFile, loadFixture, renderDifference } from '../support/fixtures.js';
import { HOUSES, type House, makeHouse } from '../support/house.js';

/** Columns of the view in front of the outputs: origin and key. */
const CARRIED = 4;

for (const kind of HOUSES) {
  for (const name of ['forest', 'pipeline']) {
    test(`${name} with a ZipMap gives the bits that it gives without one (${kind})`, async (t) => {
      const fixture = FIXTURES.find((each) => each.name === name) as Fixture;
      const house = await makeHouse(t, kind, { zipped: renderTarget(fixture) });
      await fill(house, fixture);

      const { code, stdout, stderr } = await house.run('run');

      assert.equal(code, 0, stdout + stderr);
      const [counts] = await house.query(
        `select count(*), count(*) filter (where p.id is null or e.id is null or ${renderDifference(fixture, kind)})
        from (select id, ${await renderOutputs(house, fixture)} from predictions.zipped) as p
        full join expected as e on e.id = p.id`,
      );
      const [rows] = await house.query('select count(*) from expected');
      assert.deepEqual(counts, [rows?.[0], '0'], 'rows, rows that differ');
    });
  }
}

function renderTarget(fixture: Fixture): string {
  const features = fixture.matrix ? `features: [${Object.keys(fixture.inputs).join(', ')}]\n` : '';
  return `source: { sql: select * from input }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('cut', `${fixture.name}.onnx`))} }
${features}`;
}

/** The outputs under the names that the model without a ZipMap gives them. */
async function renderOutputs(house: House, fixture: Fixture): Promise<string> {
  const columns = await house.query(
    `select column_name from information_schema.columns
    where table_schema = 'predictions' and table_name = 'zipped' order by ordinal_position`,
  );
  const outputs = columns.slice(CARRIED).map(([column]) => column);
  const names = Object.keys(fixture.outputs);
  assert.equal(outputs.length, names.length, outputs.join(', '));
  return names.map((name, i) => `"${outputs[i]}" as ${name}`).join(', ');
}

/** Makes the tables `input` and `expected`; DuckDB reads the files for every warehouse. */
async function fill(house: House, fixture: Fixture): Promise<void> {
  const file = house.kind === 'duckdb' ? house.at : join(house.dir, 'fixtures.duckdb');
  await executeOn(file, ...loadFixture(fixture));
  if (house.kind === 'postgres') await copyTables(file, house.at, ['input', 'expected']);
}
