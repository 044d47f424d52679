import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { issueOfTarget, issuesOf, load, PROJECT, summary, TARGET } from './fixtures.js';

const CONFLICTS: readonly (readonly [string, string])[] = [
  ['passthrough: [Customer_ID]', '5:15 passthrough[0]: column Customer_ID is in key already'],
  ['passthrough: [a, a]', '5:18 passthrough[1]: a is listed twice'],
  ['passthrough: [_run_id]', '5:15 passthrough[0]: column _run_id is one that scorehouse adds'],
  ['outputs: { _Scored_At: {} }', '5:12 outputs._Scored_At: column _Scored_At is one that scorehouse adds'],
  ['outputs: { p: {}, P: {} }', '5:19 outputs.P: has the same name as output p'],
  ['outputs: { customer_id: {} }', '5:12 outputs.customer_id: has the same name as key column customer_id'],
  ['passthrough: [a]\noutputs: { A: {} }', '6:12 outputs.A: has the same name as passthrough column a'],
  ['features: [a, { name: a }]', '5:15 features[1]: a is listed twice'],
  ['features: { a: { type: int64, nulls: nan } }', '5:38 features.a.nulls: nan does not exist in type int64'],
  [
    'features: [{ name: a, type: bool, nulls: nan }]',
    '5:42 features[0].nulls: nan does not exist in type bool',
  ],
  ['features: { a: { unseen: pass } }', '5:18 features.a.unseen: unseen without allowed'],
  [
    'errors: { quarantine: false, rejected_rows: keep_previous }',
    '5:23 errors.quarantine: rejected_rows: keep_previous has to know which rows were rejected',
  ],
  [
    'write: { deletes: keep }\nerrors: { quarantine: false }',
    '6:23 errors.quarantine: write.deletes: keep has to tell rejected rows from those gone from the source',
  ],
  ['outputs: { p: { tolerance: 1 } }', '5:28 outputs.p.tolerance: tolerance without range or bands'],
];

describe('rules', () => {
  it('refuses two models of one name', async () => {
    const models = 'models: [{ name: a, uri: a.onnx }, { name: a, uri: b.onnx }]';
    const issue = await issueOfTarget(TARGET.replace(/model: .*/, models));
    assert.match(summary(issue), /models\[1\]: a is listed twice/);
  });

  for (const [line, expected] of CONFLICTS) {
    it(line.replaceAll('\n', ' '), async () => {
      assert.equal(summary(await issueOfTarget(`${TARGET}${line}\n`)), expected);
    });
  }

  it('refuses a key column listed twice', async () => {
    const issue = await issueOfTarget(TARGET.replace('[customer_id]', '[a, b, a]'));
    assert.equal(summary(issue), '3:13 key[2]: a is listed twice');
  });

  it('lets nan stand with a float type or none', async () => {
    const { targets } = await load({
      targets: { 'a.yml': `${TARGET}features: { a: { type: float64, nulls: nan }, b: { nulls: nan } }\n` },
    });
    assert.equal(targets[0]?.features?.entries.length, 2);
  });

  it('names the file that has the name already', async () => {
    const issues = await issuesOf({ targets: { 'a.yml': TARGET, 'b.yml': TARGET } });
    assert.deepEqual(
      issues.map((issue) => `${issue.file}:${summary(issue)}`),
      ['targets/b.yml:1:7 name: target churn is in targets/a.yml already'],
    );
  });

  it('wants a default_warehouse that exists', async () => {
    const [issue] = await issuesOf({ project: `${PROJECT}default_warehouse: dve\n` });
    assert.equal(issue && summary(issue), '4:20 default_warehouse: got "dve"');
    assert.equal(issue?.nearest, 'dev');
  });

  it('wants a default_warehouse among several', async () => {
    const [issue] = await issuesOf({ project: `${PROJECT}  prod: { type: duckdb, path: b }\n` });
    assert.equal(issue?.path, 'default_warehouse');
    assert.equal(issue?.message, 'missing');
    assert.equal(issue?.expected, 'one of dev, prod');
  });
});
