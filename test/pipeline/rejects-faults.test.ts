import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScoringError } from '../../src/contract/index.js';
import { NEVER } from '../support/duckdb.js';
import { fixtureFile } from '../support/fixtures.js';
import { HOUSES, writeTarget } from '../support/house.js';
import {
  figuresOf,
  good,
  makeRejecting,
  publish,
  rejectsOf,
  renderRejecting,
  SEEN,
} from '../support/rejecting.js';
import { openRunner } from '../support/runs.js';

const BAD = [2, 4, 6].map((id) => `${id}, 'p', null, 2, 3, true, 'a'`);
const TARGET = { policies: { f: 'nulls: quarantine' }, errors: 'budget: 3', chunkRows: 2 };

for (const kind of HOUSES) {
  test(`what a run recorded of rows that it never loaded counts nowhere (${kind})`, async (t) => {
    const house = await makeRejecting(t, kind, TARGET, good(1), good(3), good(5), ...BAD);
    let loads = 0;
    const runner = await openRunner(house);
    const failed = await runner.run((point) => {
      // Three chunks, each with a load of its rejects before that of its rows.
      if (point.startsWith('before load') && ++loads === 4) throw new Error('a fault');
    });
    await runner[Symbol.asyncDispose]();
    assert.equal(failed.exit_code, 1);
    assert.equal((await rejectsOf(house)).length, 2, 'the rejects of two chunks are in the table');
    const shown = await house.run('quarantine', 'scores', '--json');
    const { rejects } = JSON.parse(shown.stdout) as { rejects: readonly { readonly id: number }[] };
    assert.deepEqual(
      rejects.map(({ id }) => id),
      [2],
      'only those of the chunk that was loaded are shown',
    );

    await publish(house);
    assert.deepEqual(await figuresOf(house), ['6', '3', '3', '3', 'published']);
    assert.equal((await house.query('select * from predictions.scores__quarantine')).length, 5);
  });

  test(`rejects of a chunk that an earlier attempt did not load stand there once (${kind})`, async (t) => {
    const house = await makeRejecting(t, kind, TARGET, good(1), good(3), good(5), ...BAD);
    writeTarget(house, 'scores', renderRejecting(TARGET).replace('sql: ', 'snapshot: frozen, sql: '));
    let loads = 0;
    const runner = await openRunner(house);
    const interrupt = (point: string) => {
      if (!point.startsWith('before load') || ++loads < 4) return;
      throw new ScoringError('a fault', { code: 'WAREHOUSE', stage: 'stage' });
    };
    const failed = await runner.run(interrupt, NEVER, [], { checkpointMs: 0 });
    await runner[Symbol.asyncDispose]();
    assert.equal(failed.exit_code, 1);
    assert.equal((await house.query('select * from predictions.scores__quarantine')).length, 2);

    const events = await publish(house);

    assert.ok(events.some(({ event }) => event === 'resumed'));
    assert.deepEqual(await figuresOf(house), ['6', '3', '3', '3', 'published']);
    const rejects = 'select id from predictions.scores__quarantine order by id';
    assert.deepEqual(await house.query(rejects), [['2'], ['4'], ['6']]);
  });

  test(`rejects of several models, and array scores that are NULL for rejected rows (${kind})`, async (t) => {
    const house = await makeRejecting(t, kind, {}, good(1), good(2), good(3));
    await house.execute("update source set word = '7'", "update source set word = 'x' where id = 2");
    const picky = JSON.stringify(fixtureFile('bad', 'picky.onnx'));
    writeTarget(
      house,
      'scores',
      `source: { sql: select * from source }
key: [id]
models: [{ name: a, uri: ${picky} }, { name: b, uri: ${picky} }]
features: { place: { column: big }, digits: { column: word } }
outputs: { number: {}, place: { from: picked, as: array } }
errors: { budget: 1, rejected_rows: null }
`,
    );
    await publish(house);
    const rows = await house.query(
      'select id, a_number, a_place is null, b_number, b_place is null from predictions.scores order by id',
    );
    assert.deepEqual(
      rows.map((row) => row.map((value) => value?.replace(/^t$/, 'true').replace(/^f$/, 'false') ?? null)),
      [
        ['1', '7', 'false', '7', 'false'],
        ['2', null, 'true', null, 'true'],
        ['3', '7', 'false', '7', 'false'],
      ],
    );
    assert.deepEqual(await rejectsOf(house), [['2', null, 'engine']]);
    assert.equal((await house.run('verify', 'scores')).code, 0);
  });

  test(`a gate that is refused keeps what it rejected for a look (${kind})`, async (t) => {
    const more = 'checks:\n  - { sql: select false }\n';
    const house = await makeRejecting(t, kind, { ...TARGET, more }, good(1), ...BAD);
    assert.equal((await house.run('run')).code, 3);
    assert.equal((await rejectsOf(house)).length, 3);
    await assert.rejects(house.query(SEEN));
  });
}
