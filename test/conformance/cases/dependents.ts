import assert from 'node:assert/strict';
import { canTrace } from '../../../src/contract/index.js';
import { type Case, DEPENDENTS } from '../case.js';
import { IDENTIFIERS } from '../corpora.js';
import { failing } from '../failing.js';
import { makeTable } from '../loading.js';
import { NEVER, type Rig } from '../rig.js';

async function trace(rig: Rig, name: string, signal: AbortSignal = NEVER): Promise<readonly string[]> {
  assert.ok(canTrace(rig.adapter));
  return await rig.adapter.dependents(rig.relation(name), signal);
}

const view = (rig: Rig, name: string, from: string): string =>
  `create view ${rig.sql(name)} as select * from ${rig.sql(from)}`;

const traced = (each: Case): Case => ({ ...each, needs: DEPENDENTS });

export const dependentsCases: readonly Case[] = [
  {
    id: 'dependents/none',
    async run(rig: Rig) {
      await makeTable(rig);
      await makeTable(rig, 'u');
      await rig.execute(view(rig, 'v', 'u'));
      assert.deepEqual(await trace(rig, 't'), []);
    },
  },
  {
    id: 'dependents/views-in-order',
    async run(rig: Rig) {
      await makeTable(rig);
      await rig.execute(view(rig, 'b', 't'), view(rig, 'a', 't'), view(rig, 'c', 't'));
      const found = await trace(rig, 't');
      assert.deepEqual(
        found,
        ['a', 'b', 'c'].map((name) => `${rig.schema}.${name}`),
      );
    },
  },
  {
    id: 'dependents/each-once',
    async run(rig: Rig) {
      await makeTable(rig);
      const twice = `select a.i from ${rig.sql('t')} as a join ${rig.sql('t')} as b on a.i = b.i where a.i > 0`;
      await rig.execute(`create view ${rig.sql('v')} as ${twice}`);
      assert.deepEqual(await trace(rig, 't'), [`${rig.schema}.v`]);
    },
  },
  {
    id: 'dependents/of-a-view',
    async run(rig: Rig) {
      await makeTable(rig);
      await rig.execute(view(rig, 'v', 't'), view(rig, 'w', 'v'));
      assert.deepEqual(await trace(rig, 'v'), [`${rig.schema}.w`]);
    },
  },
  {
    id: 'dependents/in-other-schemas',
    async run(rig: Rig) {
      const { dialect } = rig.adapter;
      const other = `${rig.schema}_b`;
      await makeTable(rig);
      await rig.execute(
        `create schema ${dialect.ident(other)}`,
        `create view ${dialect.relation({ schema: other, name: 'v' })} as select * from ${rig.sql('t')}`,
      );
      assert.deepEqual(await trace(rig, 't'), [`${other}.v`]);
    },
  },
  {
    id: 'dependents/a-name-that-stands-for-something-else',
    async run(rig: Rig) {
      await makeTable(rig);
      await makeTable(rig, 'u');
      await rig.execute(`create view ${rig.sql('v')} as select i as t, 'from t' as w from ${rig.sql('u')}`);
      assert.deepEqual(await trace(rig, 't'), []);
    },
  },
  {
    id: 'dependents/of-the-same-name-in-another-schema',
    async run(rig: Rig) {
      const { dialect } = rig.adapter;
      const other = dialect.ident(`${rig.schema}_b`);
      await makeTable(rig);
      await rig.execute(
        `create schema ${other}`,
        `create table ${other}.t (i integer)`,
        `create view ${other}.v as select * from ${other}.t`,
      );
      assert.deepEqual(await trace(rig, 't'), []);
    },
  },
  {
    id: 'dependents/odd-names',
    async run(rig: Rig) {
      for (const name of IDENTIFIERS) {
        await makeTable(rig, name);
        await rig.execute(view(rig, `v ${name}`, name));
        assert.deepEqual(await trace(rig, name), [`${rig.schema}.v ${name}`]);
      }
    },
  },
  {
    id: 'dependents/of-what-is-not-there',
    async run(rig: Rig) {
      assert.deepEqual(await trace(rig, 'no_such_table'), []);
    },
  },
  {
    id: 'dependents/abort',
    async run(rig: Rig) {
      await makeTable(rig);
      await failing(trace(rig, 't', AbortSignal.abort()), { code: 'INTERRUPTED' });
    },
  },
].map(traced);
