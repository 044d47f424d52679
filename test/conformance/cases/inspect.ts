import assert from 'node:assert/strict';
import { type CanonicalType, renderType } from '../../../src/contract/index.js';
import type { Case } from '../case.js';
import { CORPORA, IDENTIFIERS, TEXTS, UNORDERED_CORPORA } from '../corpora.js';
import { failing } from '../failing.js';
import { INT64, makeTable } from '../loading.js';
import { NEVER, type Rig } from '../rig.js';
import { assertCanary, makeCanary } from './describe.js';

const look = (rig: Rig, name: string) => rig.adapter.inspect(rig.relation(name), NEVER);

/** The statement that comments on a relation. */
function commentOn(rig: Rig, what: 'table' | 'view', name: string, text: string): string {
  const relation = rig.sql(name);
  return rig.subject.comment?.(what, relation, text) ?? `comment on ${what} ${relation} is ${text}`;
}

const TYPES: readonly CanonicalType[] = [...CORPORA, ...UNORDERED_CORPORA].map(({ type }) => type);

export const inspectCases: readonly Case[] = [
  {
    id: 'inspect/no-relation',
    async run(rig) {
      assert.equal(await look(rig, 'no_such_table'), null);
      assert.equal(await rig.adapter.inspect({ schema: 'no_such_schema', name: 't' }, NEVER), null);
    },
  },
  {
    id: 'inspect/a-table',
    async run(rig) {
      const types = rig.held(TYPES);
      await rig.create('t', Object.fromEntries(types.map((type, i) => [`c${i}`, type])));
      const info = await look(rig, 't');
      assert.equal(info?.kind, 'table');
      assert.equal(info.stamp, null);
      assert.deepEqual(
        info.columns.map(({ name, type }) => [name, renderType(type)]),
        types.map((type, i) => [`c${i}`, renderType(rig.adapter.dialect.stored(type))]),
      );
      assert.ok(info.columns.every(({ native }) => native !== ''));
    },
  },
  {
    id: 'inspect/agrees-with-describe',
    async run(rig) {
      const types = rig.held(TYPES);
      await rig.create('t', Object.fromEntries(types.map((type, i) => [`c${i}`, type])));
      const info = await look(rig, 't');
      assert.deepEqual(info?.columns, await rig.adapter.describe(rig.query('t'), NEVER));
    },
  },
  {
    id: 'inspect/a-view',
    async run(rig) {
      await makeTable(rig);
      await rig.execute(
        `create view ${rig.sql('v')} as select i as ${rig.ident('j')}, 'x' as ${rig.ident('k')} from ${rig.sql('t')}`,
      );
      const info = await look(rig, 'v');
      assert.equal(info?.kind, 'view');
      assert.deepEqual(
        info.columns.map(({ name, type }) => [name, renderType(type)]),
        [
          ['j', 'int64'],
          ['k', 'text'],
        ],
      );
      assert.equal(info.stamp, null);
    },
  },
  {
    id: 'inspect/a-view-that-lost-its-table',
    async run(rig) {
      await makeTable(rig);
      await rig.execute(`create view ${rig.sql('v')} as select i from ${rig.sql('t')}`);
      const dropped = await rig.execute(`drop table ${rig.sql('t')}`).then(
        () => true,
        () => false,
      );
      const info = await look(rig, 'v');
      assert.equal(info?.kind, 'view');
      assert.equal(info.columns.length, dropped ? 0 : 1);
    },
  },
  {
    id: 'inspect/stamps',
    async run(rig) {
      await makeTable(rig);
      await rig.execute(`create view ${rig.sql('v')} as select i from ${rig.sql('t')}`);
      for (const text of Object.values(TEXTS).filter((text) => text !== '')) {
        const comment = rig.literal({ kind: 'text' }, text);
        await rig.execute(commentOn(rig, 'table', 't', comment), commentOn(rig, 'view', 'v', comment));
        assert.equal((await look(rig, 't'))?.stamp, text);
        assert.equal((await look(rig, 'v'))?.stamp, text);
      }
    },
  },
  {
    id: 'inspect/a-stamp-that-was-taken-away',
    async run(rig) {
      await makeTable(rig);
      await rig.execute(commentOn(rig, 'table', 't', "'mark'"), commentOn(rig, 'table', 't', 'null'));
      assert.equal((await look(rig, 't'))?.stamp, null);
    },
  },
  {
    id: 'inspect/odd-names',
    async run(rig) {
      await makeCanary(rig);
      for (const name of IDENTIFIERS) {
        assert.equal(await look(rig, name), null, name);
        await rig.create(name, { [name]: INT64 });
        const info = await look(rig, name);
        assert.equal(info?.kind, 'table', name);
        assert.deepEqual(
          info.columns.map((column) => column.name),
          [name],
        );
      }
      await assertCanary(rig);
    },
  },
  {
    id: 'inspect/odd-schemas',
    async run(rig) {
      const { dialect } = rig.adapter;
      for (const name of IDENTIFIERS) {
        const relation = { schema: `${name}_${rig.schema}`, name: 't' };
        await rig.execute(
          `create schema ${dialect.ident(relation.schema)}`,
          `create table ${dialect.relation(relation)} (i ${dialect.type(INT64)})`,
        );
        assert.equal((await rig.adapter.inspect(relation, NEVER))?.kind, 'table', name);
      }
    },
  },
  {
    id: 'inspect/wildcards-are-letters',
    async run(rig) {
      await makeTable(rig, 'axb');
      for (const name of ['a_b', 'a%', '%', 'a?b', 'a.b', 'axb '])
        assert.equal(await look(rig, name), null, name);
    },
  },
  {
    id: 'inspect/finds-what-sql-finds',
    async run(rig) {
      await makeTable(rig, 'Mixed');
      for (const name of ['Mixed', 'mixed', 'MIXED']) {
        const found = await rig.adapter.describe(rig.query(name), NEVER).then(
          () => true,
          () => false,
        );
        assert.equal((await look(rig, name)) !== null, found, name);
      }
    },
  },
  {
    id: 'inspect/the-schema-counts',
    async run(rig) {
      const { dialect } = rig.adapter;
      await rig.execute(`create schema ${dialect.ident(`${rig.schema}_b`)}`);
      await makeTable(rig);
      assert.equal(await rig.adapter.inspect({ schema: `${rig.schema}_b`, name: 't' }, NEVER), null);
    },
  },
  {
    id: 'inspect/what-was-dropped',
    async run(rig) {
      await makeTable(rig);
      assert.ok((await look(rig, 't')) !== null);
      await rig.execute(`drop table ${rig.sql('t')}`);
      assert.equal(await look(rig, 't'), null);
    },
  },
  {
    id: 'inspect/rows-are-a-count-or-left-out',
    async run(rig) {
      await rig.execute(`create table ${rig.sql('t')} as ${rig.subject.series(1000)}`);
      const rows = (await look(rig, 't'))?.rows;
      assert.ok(rows === undefined || (Number.isSafeInteger(rows) && rows >= 0), String(rows));
    },
  },
  {
    id: 'inspect/a-column-of-a-type-not-taken-is-left-out',
    async run(rig) {
      for (const [i, { sql }] of rig.subject.unknownTypes.entries()) {
        await rig.execute(
          `create view ${rig.sql(`v${i}`)} as select 1 as ${rig.ident('good')}, ${sql} as odd_one, 'x' as ${rig.ident('other')}`,
        );
        const info = await look(rig, `v${i}`);
        assert.deepEqual(
          info?.columns.map(({ name }) => name),
          ['good', 'other'],
          sql,
        );
      }
    },
  },
  {
    id: 'inspect/abort',
    async run(rig) {
      const aborted = rig.adapter.inspect(rig.relation('t'), AbortSignal.abort());
      await failing(aborted, { code: 'INTERRUPTED', stage: 'plan' });
    },
  },
];
