import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixtureFile } from '../support/fixtures.js';
import { HOUSES, writeTarget } from '../support/house.js';
import {
  countsOf,
  figuresOf,
  GOOD,
  good,
  makeRejecting,
  publish,
  refuse,
  rejectsOf,
  rewrite,
  SEEN,
} from '../support/rejecting.js';

const NAN = "cast('NaN' as double precision)";

for (const kind of HOUSES) {
  for (const { what, policies, bad, seen, rejects, counts } of [
    {
      what: 'nulls: quarantine, of every type, NaN too',
      policies: {
        f: 'nulls: quarantine',
        n: 'nulls: quarantine',
        big: 'nulls: quarantine',
        flag: 'nulls: quarantine',
        word: 'nulls: quarantine',
      },
      bad: [
        `2, 'p', null, 2, 3, true, 'a'`,
        `3, 'p', ${NAN}, null, null, null, null`,
        `4, 'p', 1, 2, 3, true, ''`,
      ],
      seen: [['4', '1', '2', '']],
      rejects: [
        ['2', 'f64', 'null'],
        ['3', 'f64', 'null'],
        ['3', 'flag', 'null'],
        ['3', 'i32', 'null'],
        ['3', 'i64', 'null'],
        ['3', 'text', 'null'],
      ],
      counts: [
        ['f64', 'null', 'quarantine', '2'],
        ['flag', 'null', 'quarantine', '1'],
        ['i32', 'null', 'quarantine', '1'],
        ['i64', 'null', 'quarantine', '1'],
        ['text', 'null', 'quarantine', '1'],
      ],
    },
    {
      what: 'nulls: a value, for NaN too',
      policies: { f: 'nulls: { value: -1 }', n: 'nulls: { value: -2 }', word: "nulls: { value: 'o''none' }" },
      bad: [`2, 'p', null, null, 3, true, null`, `3, 'p', ${NAN}, 2, 3, true, 'b'`],
      seen: [
        ['2', '-1', '-2', "o'none"],
        ['3', '-1', '2', 'b'],
      ],
      rejects: null,
      counts: [
        ['f64', 'null', 'value', '2'],
        ['i32', 'null', 'value', '1'],
        ['text', 'null', 'value', '1'],
      ],
    },
    {
      what: 'nulls: nan, which NaN is already',
      policies: { f: 'nulls: nan' },
      bad: [`2, 'p', null, 2, 3, true, 'a'`, `3, 'p', ${NAN}, 2, 3, true, 'a'`],
      seen: [
        ['2', 'NaN', '2', 'a'],
        ['3', 'NaN', '2', 'a'],
      ],
      rejects: null,
      counts: [['f64', 'null', 'nan', '1']],
    },
    {
      what: 'values not allowed, with texts in quotes; NULL is a matter of nulls',
      policies: {
        n: 'allowed: [2, 7]',
        flag: 'allowed: [true]',
        word: `allowed: [a, "o'b", '"q"', 'ü '], nulls: { value: '?' }`,
      },
      bad: [
        `2, 'p', 1, 3, 3, false, 'A'`,
        `3, 'p', 1, 7, 3, true, 'o''b'`,
        `4, 'p', 1, 7, 3, true, '"q"'`,
        `5, 'p', 1, 7, 3, true, 'ü '`,
        `6, 'p', 1, 7, 3, true, 'ü'`,
        `7, 'p', 1, 7, 3, true, null`,
      ],
      seen: [
        ['3', '1', '7', "o'b"],
        ['4', '1', '7', '"q"'],
        ['5', '1', '7', 'ü '],
        ['7', '1', '7', '?'],
      ],
      rejects: [
        ['2', 'flag', 'unseen'],
        ['2', 'i32', 'unseen'],
        ['2', 'text', 'unseen'],
        ['6', 'text', 'unseen'],
      ],
      counts: [
        ['flag', 'unseen', 'quarantine', '1'],
        ['i32', 'unseen', 'quarantine', '1'],
        ['text', 'null', 'value', '1'],
        ['text', 'unseen', 'quarantine', '2'],
      ],
    },
    {
      what: 'values not allowed that pass, or become another',
      policies: { n: 'allowed: [2], unseen: pass', word: 'allowed: [a], unseen: { value: other }' },
      bad: [`2, 'p', 1, 3, 3, true, 'b'`],
      seen: [['2', '1', '3', 'other']],
      rejects: null,
      counts: [
        ['i32', 'unseen', 'pass', '1'],
        ['text', 'unseen', 'value', '1'],
      ],
    },
    {
      what: 'a range, outside which NULL and NaN are not',
      policies: { f: 'range: [0, 2], nulls: nan', big: 'range: [-9007199254740991, 9007199254740991]' },
      bad: [
        `2, 'p', -0.001, 2, 3, true, 'a'`,
        `3, 'p', 2, 2, 9007199254740992, true, 'a'`,
        `4, 'p', null, 2, 9007199254740991, true, 'a'`,
        `5, 'p', ${NAN}, 2, 3, true, 'a'`,
      ],
      seen: [
        ['4', 'NaN', '2', 'a'],
        ['5', 'NaN', '2', 'a'],
      ],
      rejects: [
        ['2', 'f64', 'range'],
        ['3', 'i64', 'range'],
      ],
      counts: [
        ['f64', 'null', 'nan', '1'],
        ['f64', 'range', 'quarantine', '1'],
        ['i64', 'range', 'quarantine', '1'],
      ],
    },
  ]) {
    test(`${what} (${kind})`, async (t) => {
      const house = await makeRejecting(t, kind, { policies }, good(1), ...bad);
      const events = await publish(house);
      assert.deepEqual(await house.query(SEEN), [['1', '1.5', '2', 'a'], ...seen]);
      assert.deepEqual(await countsOf(house), counts);
      const told = events.find((event) => event.event === 'features');
      assert.equal(told?.event === 'features' && told.counts.length, counts.length);
      if (rejects === null) {
        await assert.rejects(rejectsOf(house), 'no quarantine table before the first reject');
      } else assert.deepEqual(await rejectsOf(house), rejects);
      const rejected = new Set(rejects?.map(([id]) => id)).size;
      const [all, scored] = [bad.length + 1, bad.length + 1 - rejected].map(String);
      assert.deepEqual(await figuresOf(house), [all, scored, String(rejected), scored, 'published']);
      assert.equal((await house.run('verify', 'scores')).code, 0);
    });
  }

  test(`a NULL fails the run by default; NaN does where nulls: fail is written (${kind})`, async (t) => {
    const house = await makeRejecting(t, kind, {}, good(1), `2, 'p', ${NAN}, 2, 3, true, 'a'`);
    await publish(house);
    assert.deepEqual((await house.query(SEEN))[1], ['2', 'NaN', '2', 'a']);
    rewrite(house, { policies: { f: 'nulls: fail' } });
    assert.match((await refuse(house)).stderr, /BAD_FEATURES.*feature "f" is NULL or NaN in 1 rows/);
  });

  for (const chunkRows of [1, 7, 4096]) {
    test(`composite keys of text and chunks of ${chunkRows} rows (${kind})`, async (t) => {
      const rows = Array.from({ length: 40 }, (_, i) => {
        const [id, part] = [i % 8, ["o'a", '"b"', 'ä', '', 'Z'][i >> 3]?.replaceAll("'", "''")];
        return `${id}, '${part}', ${i % 3 === 0 ? 'null' : i}, ${i % 5}, 3, true, 'a'`;
      });
      const policies = { f: 'nulls: quarantine', n: 'range: [1, 4]' };
      const house = await makeRejecting(t, kind, { policies, key: 'part, id', chunkRows }, ...rows);
      await publish(house);
      assert.deepEqual(await figuresOf(house), ['40', '21', '19', '21', 'published']);
      const expected = await house.query(`select id, part, feature, reason from (
          select id, part, 'f64' as feature, 'null' as reason from source where f is null
          union all select id, part, 'i32', 'range' from source where n < 1
        ) as expected order by 1, 2, 3`);
      assert.deepEqual(await rejectsOf(house, 'id, part'), expected);
      const unaccounted = await house.query(`select id, part from source as s
        where (exists (select 1 from predictions.scores as p where p.id = s.id and p.part = s.part))
          = (exists (select 1 from predictions.scores__quarantine as q where q.id = s.id and q.part = s.part))`);
      assert.deepEqual(unaccounted, [], 'each key is scored or quarantined, and none both');
      const [[chunks, rejects] = []] = await house.query(
        'select count(*), sum(rejects) from scorehouse.chunks',
      );
      assert.deepEqual([chunks, rejects], [String(Math.ceil(40 / chunkRows)), '19']);
      assert.equal((await house.run('verify', 'scores')).code, 0);
    });
  }

  test(`rows that the engine does not take are rejected without a feature (${kind})`, async (t) => {
    const house = await makeRejecting(t, kind, {}, good(1), good(2), good(3));
    await house.execute("update source set word = '7'", "update source set word = 'seven' where id = 2");
    writeTarget(
      house,
      'scores',
      `source: { sql: select * from source }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('bad', 'picky.onnx'))} }
features: { place: { column: big }, digits: { column: word } }
errors: { budget: 50 % }
`,
    );
    await publish(house);
    assert.deepEqual(await house.query('select id, picked, number from predictions.scores order by id'), [
      ['1', '3.5', '7'],
      ['3', '3.5', '7'],
    ]);
    assert.deepEqual(await rejectsOf(house), [['2', null, 'engine']]);
    assert.deepEqual(await countsOf(house), [[null, 'engine', 'quarantine', '1']]);
    await house.execute("update source set word = 'none of them'");
    const broken = await house.run('run');
    assert.equal(broken.code, 1, broken.stderr);
    assert.match(broken.stderr, /SCORING.*onnxruntime failed/);
  });

  test(`with quarantine: false rejects are only counted, and the gate accounts for them (${kind})`, async (t) => {
    const errors = 'budget: 1, quarantine: false';
    const bad = `2, 'p', null, 2, 3, true, 'a'`;
    const house = await makeRejecting(
      t,
      kind,
      { policies: { f: 'nulls: quarantine' }, errors },
      good(1),
      bad,
    );
    await publish(house);
    assert.deepEqual(await figuresOf(house), ['2', '1', '1', '1', 'published']);
    await assert.rejects(rejectsOf(house));
    assert.deepEqual(await countsOf(house), [['f64', 'null', 'quarantine', '1']]);
  });

  for (const [what, second] of [
    ['scored and rejected', `1, 'p', null, 2, 3, true, 'a'`],
    ['rejected twice', `2, 'p', null, 2, 3, true, 'b'`],
  ] as const) {
    test(`a key that is ${what} is refused (${kind})`, async (t) => {
      const policies = { f: 'nulls: quarantine' };
      const rows = [good(1), `2, 'p', null, 2, 3, true, 'a'`, second];
      const house = await makeRejecting(t, kind, { policies }, ...rows);
      assert.match((await refuse(house)).stderr, /BAD_KEYS.*rejected keys: 2 rows rejected/);
    });
  }

  test(`under another key the quarantine begins anew, and what was recorded stays (${kind})`, async (t) => {
    const policies = { f: 'nulls: quarantine' };
    const house = await makeRejecting(t, kind, { policies }, good(1), `2, 'p', null, 2, 3, true, 'a'`);
    await publish(house);
    const change = 'on_column_change: recreate';
    rewrite(house, { policies, key: 'id, part', write: change });
    const events = await publish(house);
    const warnings = events.flatMap((event) => (event.event === 'warning' ? [event.message] : []));
    assert.match(warnings.join('\n'), /earlier ones are in predictions.scores__quarantine_1 now/);
    assert.deepEqual(await rejectsOf(house, 'id, part'), [['2', 'p', 'f64', 'null']]);
    const kept = 'select id, feature, reason from predictions.scores__quarantine_1';
    assert.deepEqual(await house.query(kept), [['2', 'f64', 'null']]);
    await publish(house);
    assert.deepEqual(await house.query('select count(*) from predictions.scores__quarantine'), [['2']]);
  });

  test(`a table of somebody else in the quarantine's place is left alone (${kind})`, async (t) => {
    const policies = { f: 'nulls: quarantine' };
    const house = await makeRejecting(t, kind, { policies }, good(1), `2, 'p', null, 2, 3, true, 'a'`);
    await house.execute(
      'create schema predictions',
      'create table predictions.scores__quarantine (id bigint)',
    );
    const outcome = await house.run('run');
    assert.equal(outcome.code, 6, outcome.stderr);
    assert.match(outcome.stderr, /predictions.scores__quarantine exists and is no quarantine table/);
  });

  test(`a row that fits no int32 is rejected by a range, and an error without (${kind})`, async (t) => {
    const house = await makeRejecting(t, kind, {}, good(1));
    await house.execute(`insert into source values (2, 'p', ${GOOD.replace('3', '2147483648')})`);
    const target = (range: string) => `source: { sql: select * from source }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('types', 'model.onnx'))} }
features: { f64: { column: f }, f32: { column: f }, i32: { column: big${range} }, i64: { column: big }, flag: {}, text: { column: word } }
outputs: { i32_same: {} }
errors: { budget: 1 }
`;
    writeTarget(house, 'scores', target(''));
    assert.match((await refuse(house)).stderr, /BAD_FEATURES.*does not fit the model's int32 input/);
    writeTarget(house, 'scores', target(', range: [-2147483648, 2147483647]'));
    await publish(house);
    assert.deepEqual(await rejectsOf(house), [['2', 'i32', 'range']]);
  });
}
