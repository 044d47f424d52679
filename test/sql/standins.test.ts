import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bigqueryDialect } from '../../adapters/bigquery/dialect.js';
import { snowflakeDialect } from '../../adapters/snowflake/dialect.js';
import type { Relation } from '../../src/contract/index.js';
import { newRenderer, type TemplateContext } from '../../src/sql/renderer.js';
import { findBigquery } from '../support/standins/bigquery.js';
import { Standin } from '../support/standins/server.js';
import { findSnowflake } from '../support/standins/snowflake.js';
import { newContexts } from './contexts.js';
import { newBigqueryWorld, newSnowflakeWorld, type StandinWorld } from './standin-world.js';
import { listTrials, renderContext, renderTrial } from './world.js';

/** Tables that trials make, each anew. */
const MADE = ['undo_00000000002a', 'redo_00000000002a', 'in_00000000002a'];

/** Staged rows: of an unfinished chunk the fourth, with the key of the third; a key that is NULL the last. */
const STAGED = [
  ["1, 'a'", '0.5', '1', '17179869184'],
  ["1, 'B'", 'NaN', '2', '17179869184'],
  ["2, 'a'", 'inf', '4', '17179869184'],
  ["2, 'a'", '1', '3', '99'],
  ['3, null', '-0.25', 'null', '17179869184'],
] as const;

for (const { dialect, find, newWorld } of [
  { dialect: snowflakeDialect, find: findSnowflake, newWorld: newSnowflakeWorld },
  { dialect: bigqueryDialect, find: findBigquery, newWorld: newBigqueryWorld },
]) {
  const sql = newRenderer(dialect);
  const { fold, ident, relation } = dialect;
  const contexts = newContexts(fold);
  const staging = contexts['gate/counts']?.staging as Relation;

  describe(`the templates on the stand-in of ${dialect.kind}`, () => {
    let standin: Standin;
    let world: StandinWorld;

    before(async () => {
      const found = await find();
      assert.ok(found instanceof Standin, 'missing' in found ? found.missing : '');
      standin = found;
      world = await newWorld(standin.ports[0] ?? 0);
    });

    after(() => standin[Symbol.asyncDispose]());

    const run = (name: string, values: TemplateContext = {}) => world.run(renderContext(sql, name, values));

    /** The rows, their values as numbers where they are some. */
    const ask = async (name: string, values: TemplateContext = {}) =>
      (await run(name, values)).map((row) => row.map(toValue));

    const clear = async (table: Relation) => world.run(`delete from ${relation(table)} where true`);

    describe('of the gate', () => {
      before(async () => {
        const columns = ['customer_id', 'score', 'level', '_load'].map((name) => ident(fold(name)));
        columns.splice(1, 0, ident('Region'));
        const double = dialect.type({ kind: 'double' });
        const rows = STAGED.map(
          ([key, score, level, load]) => `(${key}, cast('${score}' as ${double}), ${level}, ${load})`,
        );
        await world.run(`insert into ${relation(staging)} (${columns.join(', ')}) values ${rows.join(', ')}`);
        await run('ledger/chunk_insert');
      });

      after(async () => {
        await clear(staging);
        await clear(contexts['ledger/chunk_insert']?.table as Relation);
      });

      it('count rows, rows without a ledger row, and NULL keys', async () => {
        assert.deepEqual(await ask('gate/counts'), [[5, 1, 1]]);
        assert.deepEqual(await ask('gate/chunk_rows'), [[1, 3, 1]]);
      });

      it('find repeated keys', async () => {
        assert.deepEqual(await ask('gate/duplicates'), [[1, 1]]);
        assert.deepEqual(await ask('gate/duplicate_samples'), [[2, 'a']]);
        assert.equal((await ask('gate/look_duplicates')).length, 2);
      });

      it('find values outside a range, infinity among them and not NaN', async () => {
        assert.deepEqual(await ask('gate/outside'), [[2]]);
        assert.deepEqual(await ask('gate/outside', { min: null, max: null }), [[0]]);
        assert.deepEqual(await ask('gate/outside@integers'), [[1]]);
        assert.equal((await ask('gate/look_nonfinite')).length, 2);
      });

      it('tell how far values reach: one that is not finite at an end, then those that are', async () => {
        const [[rows, count, min, max] = []] = await ask('gate/extent');
        assert.deepEqual([rows, count], [5, 5]);
        assert.ok(![min, max].every((end) => Number.isFinite(end)), `${min} to ${max}`);
        const [[finite, least, most, mean] = []] = await ask('gate/finite');
        assert.deepEqual([finite, least, most, Number(mean).toFixed(4)], [3, -0.25, 1, '0.4167']);
      });

      it('tell how finite values are distributed: quantiles, and how many lie below each edge', async () => {
        assert.deepEqual(await ask('gate/distribution'), [
          [-0.25, 1, 1, null],
          [0.5, 2, 2, null],
          [null, 3, null, null],
        ]);
        assert.deepEqual((await ask('gate/shares')).sort(), [
          [0, 1],
          [1, 1],
          [2, 1],
        ]);
        assert.deepEqual(await ask('gate/labels'), [
          ['a', 3],
          ['B', 1],
        ]);
      });
    });

    describe('of the source', () => {
      it('count rows and NULL keys, and promise no order', async () => {
        assert.deepEqual(
          (await ask('source/profile')).map((row) => row.slice(0, 2)),
          [[3, 0]],
        );
        assert.deepEqual(await ask('source/recount'), [[3, 3]]);
      });

      it('order texts by their bytes', async () => {
        assert.deepEqual(await ask('source/last_key'), [[3, 'a']]);
      });

      it('freeze every row', async () => {
        await run('source/freeze');
        const frozen = await ask('source/select_columns', { table: contexts['source/freeze']?.table });
        assert.deepEqual(frozen.sort(), [
          [1, 'B'],
          [1, 'a'],
          [3, 'a'],
        ]);
      });
    });

    describe('of the ledger', () => {
      it('give the control row to one after the other', async () => {
        const control = async () => (await ask('ledger/control_read'))[0]?.slice(1, 4);
        assert.deepEqual(await control(), [0, null, 0]);
        await run('ledger/control_take');
        assert.deepEqual(await control(), [0, 'host:42', 1]);
        await run('ledger/control_take', { holder: 'host:43' });
        assert.deepEqual(await control(), [0, 'host:42', 1]);
        await run('ledger/control_renew', { epoch: 1n });
        await run('ledger/pointer_move', { epoch: 1n, publishSeq: 0n });
        await run('ledger/control_release', { epoch: 1n });
        assert.deepEqual(await control(), [1, null, 1]);
      });

      it('show the newest state of runs and versions, and what is live', async () => {
        await run('ledger/target_append');
        await run('ledger/run_append');
        const [open = []] = await ask('ledger/runs_open');
        assert.ok(Number(open.at(-1)) >= 0 && Number(open.at(-1)) < 600, String(open.at(-1)));
        await run('ledger/run_append', { state: 'published', finished: true, resume: null });
        assert.deepEqual(await ask('ledger/runs_open'), []);
        for (const state of ['filling', 'live']) await run('ledger/version_append', { state });
        const versions = (await run('ledger/versions_list')).map((row) => [row[0], row[7]]);
        assert.deepEqual(versions, [['7', 'live']]);
        await run('ledger/publish_insert');
        const [status = []] = await ask('ledger/status');
        assert.deepEqual(status.slice(0, 4), ['churn', 'growth', 7, 3]);
        assert.equal(status.at(-1), 'published');
      });

      it('keep the moment of a version through its text', async () => {
        const scoredAt = (await run('ledger/versions_list'))[0]?.[5];
        await run('ledger/version_append', { state: 'kept', scoredAt });
        const log = relation(contexts['ledger/version_append']?.table as Relation);
        const moments = await world.run(`select count(distinct scored_at), count(*) from ${log}`);
        assert.deepEqual(moments.flat().map(Number), [1, 3]);
      });

      it('log a target again only when its owner changes', async () => {
        for (const owner of ['growth', 'risk', null]) await run('ledger/target_append', { owner });
        const log = relation(contexts['ledger/target_append']?.table as Relation);
        const owners = await world.run(`select owner from ${log} order by seq`);
        assert.deepEqual(owners.flat(), ['growth', 'risk', null]);
      });

      it('close what dead runs left open', async () => {
        await run('ledger/run_append', { resume: 'chunks' });
        await run('ledger/runs_abandon');
        assert.equal((await ask('ledger/runs_list@target'))[0]?.[2], 'abandoned');
      });
    });

    describe('all of them', () => {
      const runTrial = async (name: string) => {
        for (const made of MADE) {
          const table = { schema: fold('scorehouse'), name: fold(made) };
          await run('stage/drop_table', { table });
        }
        for (const statement of renderTrial(sql, name)) await world.run(statement);
      };

      for (const name of listTrials(sql)) {
        const skip =
          name === 'demo/schema' && 'its data set is a setting of a job, which comes with the adapter';
        it(`${name} is understood`, { skip: dialect.kind === 'bigquery' && skip }, () => runTrial(name));
      }
    });
  });
}

function toValue(value: string | null): string | number | null {
  if (value === null || value === 'NaN') return value === null ? null : Number.NaN;
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
}
