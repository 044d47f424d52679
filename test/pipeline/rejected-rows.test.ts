import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUSES, type House } from '../support/house.js';
import {
  figuresOf,
  good,
  insert,
  makeRejecting,
  publish,
  type Rejecting,
  rejectsOf,
  rewrite,
} from '../support/rejecting.js';

const LOOK = 'select id, f64_same, _run_id from predictions.scores order by id';
const ROWS = 'select id, f64_same from predictions.scores order by id';

/**
 * First 1, 2, 3 and 4 are scored 1.5. Then 2 is gone, 3 and 5 are rejected (5 is new), 1 and 4 are scored anew.
 * What readers see of rejected rows and of gone ones is what the policies say.
 */
const CASES: readonly {
  readonly rejected: 'drop' | 'null' | 'keep_previous';
  readonly deletes: 'drop' | 'keep';
  readonly seen: readonly (readonly [string, string | null])[];
}[] = [
  {
    rejected: 'drop',
    deletes: 'drop',
    seen: [
      ['1', '9'],
      ['4', '9'],
    ],
  },
  {
    rejected: 'drop',
    deletes: 'keep',
    seen: [
      ['1', '9'],
      ['2', '1.5'],
      ['4', '9'],
    ],
  },
  {
    rejected: 'null',
    deletes: 'drop',
    seen: [
      ['1', '9'],
      ['3', null],
      ['4', '9'],
      ['5', null],
    ],
  },
  {
    rejected: 'null',
    deletes: 'keep',
    seen: [
      ['1', '9'],
      ['2', '1.5'],
      ['3', null],
      ['4', '9'],
      ['5', null],
    ],
  },
  {
    rejected: 'keep_previous',
    deletes: 'drop',
    seen: [
      ['1', '9'],
      ['3', '1.5'],
      ['4', '9'],
    ],
  },
  {
    rejected: 'keep_previous',
    deletes: 'keep',
    seen: [
      ['1', '9'],
      ['2', '1.5'],
      ['3', '1.5'],
      ['4', '9'],
    ],
  },
];

/** The source of the second run. */
async function change(house: House): Promise<void> {
  await house.execute(
    'update source set f = 9',
    'delete from source where id = 2',
    'update source set f = null where id = 3',
    ...insert([`5, 'p', null, 2, 3, true, 'a'`]),
  );
}

for (const kind of HOUSES) {
  for (const strategy of ['swap', 'merge'] as const) {
    for (const { rejected, deletes, seen } of CASES) {
      const target: Rejecting = {
        policies: { f: 'nulls: quarantine' },
        errors: `budget: 2, rejected_rows: ${rejected}`,
        write: `strategy: ${strategy}, deletes: ${deletes}`,
        chunkRows: 2,
        more: 'checks:\n  - { sql: "select count(*) > 1 from {{this}}" }\n',
      };

      test(`${strategy}, deletes: ${deletes}, rejected_rows: ${rejected} (${kind})`, async (t) => {
        const house = await makeRejecting(t, kind, target, good(1), good(2), good(3), good(4));
        await publish(house);
        const first = await house.query(LOOK);
        await change(house);
        await publish(house);

        const rows = await house.query(LOOK);
        assert.deepEqual(
          rows.map((row) => row.slice(0, 2)),
          seen,
        );
        const [old] = first.map(([, , run]) => run);
        const kept = rows.filter(([, , run]) => run === old).map(([id]) => id);
        const expected = seen.filter(([id, score]) => score === '1.5' && id !== '1').map(([id]) => id);
        assert.deepEqual(kept, expected, 'what is kept has its own run');
        assert.deepEqual(await rejectsOf(house), [
          ['3', 'f64', 'null'],
          ['5', 'f64', 'null'],
        ]);
        assert.deepEqual(await figuresOf(house), ['4', '2', '2', String(seen.length), 'published']);
        const verified = await house.run('verify', 'scores');
        assert.equal(verified.code, 0, verified.stderr);

        assert.equal((await house.run('rollback', 'scores')).code, 0);
        assert.deepEqual(await house.query(LOOK), first, 'a rollback restores every row');
        assert.equal((await house.run('verify', 'scores')).code, 0);
        if (strategy === 'merge') {
          assert.equal((await house.run('rollback', 'scores')).code, 0);
          assert.deepEqual(await house.query(LOOK), rows, 'a second one makes the merge again');
        }
        await house.execute('update source set f = 7');
        await publish(house);
        const later = deletes === 'keep' ? ['1', '2', '3', '4', '5'] : ['1', '3', '4', '5'];
        assert.deepEqual(
          await house.query(ROWS),
          later.map((id) => [id, id === '2' ? '1.5' : '7']),
        );
      });
    }
  }

  test(`keep_previous keeps scores of another model's version, which have its run (${kind})`, async (t) => {
    const target: Rejecting = {
      policies: { f: 'nulls: quarantine' },
      errors: 'budget: 1, rejected_rows: keep_previous',
      write: 'strategy: merge',
    };
    const house = await makeRejecting(t, kind, target, good(1), good(2));
    await publish(house);
    const first = await house.query(LOOK);
    rewrite(house, { ...target, policies: { ...target.policies, n: 'range: [0, 9]' } });
    await house.execute('update source set f = case when id = 1 then 3 end');
    await publish(house);

    const rows = await house.query(LOOK);
    assert.deepEqual(rows[1], first[1]);
    assert.notEqual(rows[0]?.[2], first[0]?.[2]);
    assert.deepEqual(await house.query('select version, state from scorehouse.versions order by version'), [
      ['1', 'kept'],
      ['2', 'live'],
    ]);
  });

  test(`a version that did not store its origin is carried from under keep_previous (${kind})`, async (t) => {
    const policies = { f: 'nulls: quarantine' };
    const house = await makeRejecting(t, kind, { policies }, good(1), good(2));
    await publish(house);
    const first = await house.query(LOOK);
    rewrite(house, { policies, errors: 'budget: 1, rejected_rows: keep_previous' });
    await house.execute('update source set f = null where id = 1');
    await publish(house);
    assert.deepEqual((await house.query(LOOK))[0], first[0]);
  });
}
