import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeOn, queryOn } from '../support/duckdb.js';
import { FIXTURES, loadFixture, renderDifference, targetOf } from '../support/fixtures.js';
import { makeProject, runCommand } from '../support/project.js';

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

for (const fixture of FIXTURES) {
  test(`${fixture.name} gives the reference's bits whatever the chunks and workers`, async (t) => {
    const targets = CASES.map(({ chunkRows, workers, where }) => [
      nameOf(chunkRows, workers),
      targetOf(
        fixture,
        `select * exclude (copy, place) from scaled where ${where}`,
        `passthrough: [original]\nresources: { chunk_rows: ${chunkRows}, workers: ${workers} }\n`,
      ),
    ]);
    const project = makeProject(t, Object.fromEntries(targets) as Record<string, string>);
    await executeOn(project.database, ...loadFixture(fixture), SCALED);

    const { code, stdout, stderr } = await runCommand(project, ['run']);

    assert.equal(code, 0, stdout + stderr);
    for (const { chunkRows, workers, where } of CASES) {
      const name = nameOf(chunkRows, workers);
      const [counts] = await queryOn(
        project.database,
        `select count(*), count(*) filter (where p.id is null or s.id is null or e.id is null or ${renderDifference(fixture)})
        from predictions.${name} as p
        full join (select id, original from scaled where ${where}) as s on s.id = p.id and s.original = p.original
        left join expected as e on e.id = p.original`,
      );
      const [expected] = await queryOn(project.database, `select count(*) from scaled where ${where}`);
      assert.deepEqual(counts, [expected?.[0], 0n], `${name}: rows, rows that differ`);
      const verified = await runCommand(project, ['verify', name]);
      assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    }
  });
}

function nameOf(chunkRows: number, workers: number): string {
  return `chunks_${chunkRows}_workers_${workers}`;
}
