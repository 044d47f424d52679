import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderIssue } from '../../../src/config/issues.js';
import { PROJECT_NOT_BUILT, TARGET_NOT_BUILT } from '../../../src/config/not-built.js';
import { issueOfTarget, issuesOf, load, PROJECT, TARGET } from './fixtures.js';

/** One written example for each row of the table; a row without one fails the last test. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'source.dbt': 'source: { dbt: customers }',
  'source.features': 'source: { features: { service: a, entities: { sql: select 1 } } }',
  'source.timezone': 'source: { sql: select 1, timezone: Europe/Berlin }',
  'model.uri': 'model: { uri: "s3://a/b.onnx" }',
  'models.*.uri': 'models: [{ name: a, uri: "s3://a/b.onnx" }]',
  'write.history': 'write: { history: true }',
  incremental: 'incremental: { column: a }',
  on_new_model: 'on_new_model: new_only',
  schedule: 'schedule: { cron: "0 3 * * *" }',
  slo: 'slo: { max_age: 26 h }',
};

/** The smallest target with a line of its own in place of, or beside, its lines. */
function withLine(line: string): string {
  const key = line.slice(0, line.indexOf(':'));
  const replaced = key === 'models' ? 'model' : key;
  const kept = TARGET.split('\n').filter((each) => !each.startsWith(`${replaced}:`));
  return `${kept.join('\n')}${line}\n`;
}

describe('what is not built', () => {
  for (const [row, line] of Object.entries(EXAMPLES)) {
    it(`says so of ${row}`, async () => {
      const issue = await issueOfTarget(withLine(line));
      assert.match(issue.message, /(^| is )not built yet$/);
      const pattern = row
        .replaceAll('.', '\\.')
        .replace('*', '\\w+')
        .replace(/^(features|models)\\\.\\w\+/, '$1(\\.a|\\[0\\])');
      assert.match(issue.path, new RegExp(`^${pattern}$`));
    });
  }

  it('has an example here for every row', () => {
    assert.deepEqual(TARGET_NOT_BUILT.map((row) => row.at).sort(), Object.keys(EXAMPLES).sort());
  });

  it('covers the project file', async () => {
    const project = `${PROJECT}prices: { bigquery_tib: 6 }\nalerts: [{ webhook: a, events: [late] }]\n`;
    const issues = await issuesOf({ project });
    assert.deepEqual(
      issues.map((issue) => `${issue.path}: ${issue.message}`),
      ['prices: not built yet', 'alerts: not built yet'],
    );
    assert.equal(PROJECT_NOT_BUILT.length, 2);
  });

  it('names key and value', async () => {
    const issue = await issueOfTarget(withLine('write: { history: true }'));
    assert.equal(
      renderIssue(issue),
      'targets/churn.yml:5:10 write.history: true is not built yet (expected false)',
    );
  });

  it('lets every default be written', async () => {
    const target = `${TARGET.replace('select 1', 'select 1, timezone: UTC, snapshot: auto').replace('.onnx', '.onnx, external_data: false, provider: cpu')}
on_duplicate: fail
outputs: { p: { as: columns } }
write: { strategy: swap, deletes: drop, history: false }
on_new_model: all
checks: []
tests: []
errors: { budget: 0, quarantine: true, rejected_rows: drop }
`;
    const { targets } = await load({ targets: { 'a.yml': target } });
    assert.equal(targets.length, 1);
  });

  it('leaves an invalid value to the schema', async () => {
    assert.equal((await issueOfTarget(withLine('write: { strategy: swop }'))).message, 'got "swop"');
  });
});
