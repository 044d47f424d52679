import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { copyTables } from '../support/copy-tables.js';
import { executeOn } from '../support/duckdb.js';
import { FIXTURES, type Fixture, loadFixture, renderDifference, targetOf } from '../support/fixtures.js';
import { HOUSES, type House, makeHouse } from '../support/house.js';

/** Five copies of the input, so that a large chunk holds several inference blocks. */
const SCALED = `create table scaled as
select id - 1000000 * copy as id, id as original, copy, row_number() over (partition by copy order by id) - 1 as place,
  * exclude (id) from input, range(5) as copies(copy)`;

/** Small chunks score a whole padded block each, so they get a part of the rows. */
const CASES = [
  { chunkRows: 1, workers: 2, where: 'copy = 0 and place < 23' },
  { chunkRows: 7, workers: 1, where: 'copy = 0 and place < 101' },
  { chunkRows: 100, workers: 3, where: 'copy = 0' },
  { chunkRows: 4096, workers: 2, where: 'true' },
  { chunkRows: 65536, workers: 1, where: 'true' },
];

for (const kind of HOUSES) {
  for (const fixture of FIXTURES) {
    test(`${fixture.name} gives the reference's bits whatever the chunks and workers (${kind})`, async (t) => {
      const columns = ['id', 'original', ...Object.keys(fixture.inputs)].join(', ');
      const targets = CASES.map(({ chunkRows, workers, where }) => [
        nameOf(chunkRows, workers),
        targetOf(
          fixture,
          `select ${columns} from scaled where ${where}`,
          `passthrough: [original]\nresources: { chunk_rows: ${chunkRows}, workers: ${workers} }\n`,
        ),
      ]);
      const house = await makeHouse(t, kind, Object.fromEntries(targets) as Record<string, string>);
      await fill(house, fixture);

      const { code, stdout, stderr } = await house.run('run');

      assert.equal(code, 0, stdout + stderr);
      for (const { chunkRows, workers, where } of CASES) {
        const name = nameOf(chunkRows, workers);
        const [counts] = await house.query(
          `select count(*), count(*) filter (where p.id is null or s.id is null or e.id is null or ${renderDifference(fixture, kind)})
          from predictions.${name} as p
          full join (select id, original from scaled where ${where}) as s on s.id = p.id and s.original = p.original
          left join expected as e on e.id = p.original`,
        );
        const [expected] = await house.query(`select count(*) from scaled where ${where}`);
        assert.deepEqual(counts, [expected?.[0], '0'], `${name}: rows, rows that differ`);
        const verified = await house.run('verify', name);
        assert.equal(verified.code, 0, verified.stdout + verified.stderr);
      }
    });
  }
}

/** Makes the tables `scaled` and `expected`; DuckDB reads the files for every warehouse. */
async function fill(house: House, fixture: Fixture): Promise<void> {
  const file = house.kind === 'duckdb' ? house.at : join(house.dir, 'fixtures.duckdb');
  await executeOn(file, ...loadFixture(fixture), SCALED);
  if (house.kind === 'postgres') await copyTables(file, house.at, ['scaled', 'expected']);
}

function nameOf(chunkRows: number, workers: number): string {
  return `chunks_${chunkRows}_workers_${workers}`;
}
