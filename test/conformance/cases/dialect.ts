import assert from 'node:assert/strict';
import { type CanonicalType, renderType } from '../../../src/contract/index.js';
import { toVector as hashVector, parseType, VALUE_CASES } from '../../support/hash-vectors.js';
import type { Case } from '../case.js';
import { CORPORA, FAR_CORPORA, IDENTIFIERS, TEXTS, UNORDERED_CORPORA } from '../corpora.js';
import { failing } from '../failing.js';
import { INT64, integers, load, makeTable, part, stream } from '../loading.js';
import { columnOf, readColumn } from '../reading.js';
import { NEVER, type Rig } from '../rig.js';
import { assertCanary, makeCanary } from './describe.js';

const TEXT: CanonicalType = { kind: 'text' };
const ALL = [...CORPORA, ...UNORDERED_CORPORA, ...FAR_CORPORA];
const TYPES = [...CORPORA, ...UNORDERED_CORPORA];

/** Texts that are no value of the type and try to leave the literal. */
const INJECTIONS = [
  "1'; drop table canary; --",
  '1); drop table canary; --',
  "1' as integer)) as x, (select alive from canary) as y; --",
  '\\',
  "'",
  '1 or 1 = 1',
];

/** A name of just so many bytes, of letters of one or two bytes. */
function nameOf(bytes: number, letter: 'x' | 'é'): string {
  const width = Buffer.byteLength(letter);
  return letter.repeat(Math.floor(bytes / width)) + 'x'.repeat(bytes % width);
}

export const dialectCases: readonly Case[] = [
  {
    id: 'dialect/kind',
    async run({ adapter, subject }) {
      assert.equal(adapter.dialect.kind, subject.kind);
    },
  },
  {
    id: 'dialect/capabilities-are-frozen-and-whole',
    async run({ adapter: { capabilities } }) {
      assert.ok(Object.isFrozen(capabilities));
      for (const [name, value] of Object.entries(capabilities)) assert.ok(value !== undefined, name);
      for (const [name, value] of Object.entries(capabilities.limits)) {
        assert.ok(Number.isSafeInteger(value) && value > 0, name);
      }
    },
  },
  ...(['x', 'é'] as const).map(
    (letter): Case => ({
      id: `dialect/longest-name-of-${letter}`,
      async run(rig) {
        const limit = rig.adapter.dialect.maxIdentifierBytes;
        const [longest, cut] = [nameOf(limit, letter), nameOf(limit - 1, letter)];
        await rig.create(longest, { [longest]: INT64 });
        const info = await rig.adapter.inspect(rig.relation(longest), NEVER);
        assert.deepEqual(
          info?.columns.map(({ name }) => name),
          [longest],
        );
        assert.equal(await rig.adapter.inspect(rig.relation(cut), NEVER), null);
      },
    }),
  ),
  {
    id: 'dialect/longer-names-are-refused',
    async run({ adapter: { dialect } }) {
      const limit = dialect.maxIdentifierBytes;
      const names = [
        nameOf(limit + 1, 'x'),
        nameOf(limit + 1, 'é'),
        nameOf(limit + 2, 'é'),
        nameOf(100_000, 'x'),
      ];
      for (const name of names) {
        for (const write of [() => dialect.ident(name), () => dialect.relation({ schema: 's', name })]) {
          assert.throws(write, { name: 'ScoringError', code: 'PLAN_INVALID' });
        }
        const column = { name, type: INT64, native: 'bigint' };
        assert.throws(() => dialect.keyExpression(column), { code: 'PLAN_INVALID' });
      }
    },
  },
  {
    id: 'dialect/names-that-cannot-be-are-refused',
    async run({ adapter: { dialect } }) {
      for (const name of ['', '\0', 'a\0b']) {
        assert.throws(() => dialect.ident(name), { name: 'ScoringError', code: 'PLAN_INVALID' });
      }
    },
  },
  {
    id: 'dialect/names-stay-as-they-are',
    async run(rig) {
      await makeCanary(rig);
      const { ident } = rig.adapter.dialect;
      for (const name of IDENTIFIERS) {
        await rig.create(name, { [name]: INT64, other: INT64 });
        await rig.execute(`insert into ${rig.sql(name)} (${ident(name)}) values (7)`);
        assert.deepEqual(await readColumn(rig.adapter, rig.query(name), { columns: [name] }), ['7']);
        await rig.execute(`drop table ${rig.sql(name)}`);
      }
      await assertCanary(rig);
    },
  },
  {
    id: 'dialect/folds-as-an-unquoted-name-is-folded',
    async run(rig) {
      const { ident, fold } = rig.adapter.dialect;
      await rig.execute(`create table ${ident(rig.schema)}.FoldedName (ColumnName integer)`);
      const info = await rig.adapter.inspect(rig.relation(fold('FoldedName')), NEVER);
      assert.deepEqual(
        info?.columns.map(({ name }) => fold(name)),
        [fold('ColumnName')],
      );
      assert.equal(fold(fold('FoldedName')), fold('FoldedName'));
    },
  },
  ...ALL.map(
    ({ name, type, texts }): Case => ({
      id: `dialect/literal-${name}`,
      async run(rig) {
        const columns = texts.map((text, i) => `${rig.literal(type, text)} as ${rig.ident(`c${i}`)}`);
        const sql = `select ${columns.join(', ')}`;
        const described = await rig.adapter.describe({ sql }, NEVER);
        assert.ok(
          described.every((column) => column.type.kind === rig.adapter.dialect.stored(type).kind),
          described.map((column) => renderType(column.type)).join(),
        );
        for (const [i, text] of texts.entries()) {
          assert.deepEqual(await readColumn(rig.adapter, { sql }, { columns: [`c${i}`] }), [text]);
        }
      },
    }),
  ),
  {
    id: 'dialect/a-literal-is-equal-to-the-value-stored',
    async run(rig) {
      for (const [n, { type, texts }] of CORPORA.entries()) {
        await rig.create(`t${n}`, { v: type });
        await rig.insert(
          `t${n}`,
          [type],
          texts.map((text) => [text]),
        );
        for (const text of texts) {
          const equal = `select count(*) from ${rig.sql(`t${n}`)} where v = ${rig.literal(type, text)}`;
          assert.equal(Number((await rig.rows(equal))[0]?.[0]), 1, `${renderType(type)} ${text}`);
        }
      }
    },
  },
  {
    id: 'dialect/literals-of-text-are-one-statement',
    async run(rig) {
      await makeCanary(rig);
      await rig.create('t', { v: TEXT });
      const texts = Object.values(TEXTS);
      for (const text of texts)
        await rig.execute(`insert into ${rig.sql('t')} values (${rig.literal(TEXT, text)})`);
      const read = await readColumn(rig.adapter, rig.query('t'));
      assert.deepEqual(read.toSorted(), texts.toSorted());
      await assertCanary(rig);
    },
  },
  {
    id: 'dialect/a-literal-with-a-nul-is-refused',
    async run(rig) {
      assert.throws(() => rig.literal(TEXT, 'a\0b'), { name: 'ScoringError', code: 'BAD_KEYS' });
    },
  },
  {
    id: 'dialect/a-literal-of-what-is-no-value-fails-in-its-quotes',
    async run(rig) {
      await makeCanary(rig);
      for (const { type } of TYPES.filter(({ type }) => type.kind !== 'text')) {
        for (const text of INJECTIONS) {
          const work = async () => await rig.rows(`select ${rig.literal(type, text)} as v`);
          await failing(work(), {});
        }
        await assertCanary(rig);
      }
    },
  },
  ...TYPES.map(
    ({ name, type }): Case => ({
      id: `dialect/type-${name}`,
      async run(rig) {
        await rig.create('t', { v: type });
        const info = await rig.adapter.inspect(rig.relation('t'), NEVER);
        assert.deepEqual(info?.columns[0]?.type, rig.adapter.dialect.stored(type));
      },
    }),
  ),
  ...[...VALUE_CASES].map(
    ([name, cases]): Case => ({
      id: `dialect/hash-text-${name}`,
      async run(rig) {
        const type = parseType(name);
        const relation = await rig.create('t', { i: INT64, v: type });
        const values = hashVector(
          name,
          cases.map(({ value }) => value),
        );
        await load(rig, relation, stream(part(1n, integers(0, cases.length), values)));
        const columns = (await rig.adapter.inspect(relation, NEVER))?.columns ?? [];
        const piece = rig.adapter.dialect.hashText(columnOf(columns, 'v'));
        const rows = await rig.rows(`select cast(i as integer), ${piece} from ${rig.sql('t')} order by i`);
        assert.deepEqual(
          rows.map(([, text]) => text),
          cases.map(({ piece }) => piece),
        );
      },
    }),
  ),
  {
    id: 'dialect/text-keys-compare-by-bytes',
    async run(rig) {
      const column = { name: 'v', type: TEXT, native: rig.adapter.dialect.type(TEXT) };
      const pairs = [
        ['B', 'a'],
        ['Z', 'a'],
        ['a', 'a '],
        ['', ' '],
        ['z', 'é'],
        ['\uffff', '😀'],
        ['e\u0301', 'é'],
        ['10', '9'],
        ['A-b', 'Aa'],
      ] as const;
      for (const [less, more] of pairs)
        assert.equal(await isLess(rig, column, less, more), true, `${less} ${more}`);
      for (const [less, more] of pairs)
        assert.equal(await isLess(rig, column, more, less), false, `${more} ${less}`);
    },
  },
  {
    id: 'dialect/a-relation-is-schema-and-name',
    async run(rig) {
      await makeTable(rig, 'a.b');
      await makeTable(rig, 'a"."b');
      await rig.execute(`insert into ${rig.sql('a.b')} values (1)`);
      assert.deepEqual([await rig.count('a.b'), await rig.count('a"."b')], [1, 0]);
    },
  },
];

async function isLess(
  rig: Rig,
  column: { readonly name: string; readonly type: CanonicalType; readonly native: string },
  less: string,
  more: string,
): Promise<boolean> {
  const key = rig.adapter.dialect.keyExpression(column);
  const sql = `select count(*) from (select ${rig.literal(TEXT, less)} as v) as s where ${key} < ${rig.literal(TEXT, more)}`;
  return Number((await rig.rows(sql))[0]?.[0]) === 1;
}
