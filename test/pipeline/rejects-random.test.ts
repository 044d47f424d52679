import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HOUSES, writeTarget } from '../support/house.js';
import {
  expect,
  ORACLE_CASES,
  type OracleCase,
  renderPolicies,
  renderRow,
} from '../support/reject-oracle.js';
import { countsOf, figuresOf, makeRejecting, publish, renderRejecting } from '../support/rejecting.js';

const CASES = 12;
const SEED = 20_261_125;

const OUTPUTS = 'f64_same: { nonfinite: keep }, i32_same: {}, i64_same: {}, flag_same: {}, text_same: {}';
const SEEN =
  'select id, f64_same, i32_same, i64_same, flag_same, text_same from predictions.scores order by id';

/** The target of a case. Nothing was published before, so that there is no previous score to keep. */
function targetOf({ policies, rejectedRows, strategy, chunkRows }: OracleCase) {
  return {
    policies: renderPolicies(policies),
    errors: `budget: 1000, rejected_rows: ${rejectedRows}`,
    write: `strategy: ${strategy}`,
    chunkRows,
    more: 'allow_empty: true\n',
  };
}

for (const kind of HOUSES) {
  for (const [i, each] of fc.sample(ORACLE_CASES, { numRuns: CASES, seed: SEED }).entries()) {
    test(`random rows under random policies are what row by row they should be, ${i + 1} (${kind})`, async (t) => {
      const target = targetOf(each);
      const house = await makeRejecting(t, kind, target, ...each.rows.map(renderRow));
      const text = renderRejecting(target).replace(/^outputs: .*$/m, `outputs: { ${OUTPUTS} }`);
      writeTarget(house, 'scores', text);
      await publish(house);
      const { scored, rejects, counts } = expect(each);

      const seen = [...scored].flatMap(([id, values]) => {
        if (values === null && each.rejectedRows !== 'null') return [];
        const { f = null, n = null, big = null, flag = null, word = null } = values ?? {};
        return [[id, f, n, big, flag, word].map((value) => (value === null ? null : String(value)))];
      });
      const found = await house.query(SEEN);
      assert.deepEqual(
        found.map((row) => row.map((value) => (value === 't' ? 'true' : value === 'f' ? 'false' : value))),
        seen,
      );
      assert.deepEqual(
        new Map(
          (await countsOf(house)).map(([feature, reason, action, rows]) => [
            `${feature} ${reason} ${action}`,
            Number(rows),
          ]),
        ),
        new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
      );
      const rejected = [...scored.values()].filter((values) => values === null).length;
      assert.equal((await figuresOf(house))[2], String(rejected));
      const recorded =
        rejected === 0
          ? []
          : await house.query('select id, feature, reason from predictions.scores__quarantine');
      assert.deepEqual(
        recorded.map((row) => row.join(' ')).sort(),
        rejects.map((row) => row.join(' ')).sort(),
      );
      assert.equal((await house.run('verify', 'scores')).code, 0);
    });
  }
}
