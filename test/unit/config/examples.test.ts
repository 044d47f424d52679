import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { projectSchema } from '../../../src/config/project-schema.js';
import { targetSchema } from '../../../src/config/target-schema.js';
import { parseYaml } from '../../../src/config/yaml-source.js';

/** The two files of DESIGN.md section 5, with a whole sha256. */
const PROJECT_EXAMPLE = `
name: shop
warehouses:
  dev:  { type: duckdb, path: shop.duckdb, output_schema: dev_predictions }
  prod: { type: postgres, url: "\${DATABASE_URL}", output_schema: predictions }
  sf:   { type: snowflake, account: "\${SF_ACCOUNT}", user: "\${SF_USER}", private_key_path: "\${SF_KEY}", role: SCORER, warehouse: SCORING, database: SHOP, output_schema: PREDICTIONS }
  bq:   { type: bigquery, project: shop, output_schema: predictions, location: EU }
  dbt:  { type: dbt, profile: shop, target: prod }
default_warehouse: dev
ledger_schema: scorehouse
vars: { country: DE }
prices: { snowflake_credit: 3.0, bigquery_tib: 6.25 }
alerts: [{ webhook: "\${SLACK_URL}", events: [failed, refused, late, recovered] }]
`;

const TARGET_EXAMPLE = `
name: churn
description: Probability that a customer leaves within 30 days
owner: growth-analytics
tags: [nightly]
source:
  sql: select customer_id, tenure, plan, monthly_spend, region, updated_at from analytics.customers where country = {{var "country"}}
  snapshot: auto
  timezone: UTC
key: [customer_id]
on_duplicate: fail
allow_empty: false
model:
  uri: models/churn.onnx
  sha256: 9f2c4b1a9f2c4b1a9f2c4b1a9f2c4b1a9f2c4b1a9f2c4b1a9f2c4b1a9f2c4b1a
  external_data: false
  tokenizer: { file: models/tokenizer.json, column: review, max_length: 256 }
  provider: cpu
features:
  tenure: { nulls: nan }
  plan:   { nulls: { value: none }, allowed: [basic, pro], unseen: quarantine }
  spend:  { column: monthly_spend, type: float32, range: [0, 100000] }
outputs:
  churn_probability: { from: probabilities, class: 1, range: [0, 1], tolerance: 1e-6, nonfinite: fail }
  churn_label: { from: label }
  embedding: { from: last_hidden, as: array }
  risk: { from: probabilities, class: 1, bands: { low: 0.2, mid: 0.6, high: 1.0 } }
passthrough: [region]
write:
  table: churn
  strategy: swap
  deletes: drop
  keep_versions: 3
  history: false
  on_column_change: refuse
  grants: { select: [bi_reader] }
  partition_by: region
incremental: { column: updated_at, lookback: 2 days }
on_new_model: all
checks:
  - { column: churn_probability, max_null_rate: 0 }
  - { column: churn_probability, psi_vs: live, max: 0.2 }
  - { sql: "select count(*) = 0 from {{this}} where churn_probability > 1", over: staged }
errors: { budget: 0, quarantine: true, rejected_rows: drop }
golden: { file: golden/churn.csv, tolerance: 1e-6 }
tests: [{ given: { tenure: 3, plan: basic, spend: 20 }, expect: { churn_probability: { near: 0.71, within: 0.01 } } }]
resources: { chunk_rows: 65536, workers: auto, memory: 1 GiB }
limits: { rows: 50000000, bytes_billed: 100 GB, duration: 2 h, cost: 20 }
schedule: { cron: "0 3 * * *", timezone: Europe/Berlin, only: [prod], missed: latest }
slo: { ready_by: "06:00", max_age: 26 h }
`;

const VARIANTS: readonly (readonly [string, string])[] = [
  ['features as a list', 'features: [tenure, monthly_spend, { name: age, nulls: nan }]'],
  ['latest_by', 'on_duplicate: { latest_by: updated_at }'],
  ['incremental by fingerprint', 'incremental: { by: fingerprint }'],
  ['threshold', 'outputs: { p: { threshold: 0.5 } }'],
  ['top_k', 'outputs: { p: { top_k: 3 } }'],
  ['calibrate', 'outputs: { p: { class: 1, calibrate: { sigmoid: [1, 0] } } }'],
  ['nonfinite null', 'outputs: { p: { nonfinite: null } }'],
  ['rejected_rows null', 'errors: { budget: 0.5 %, rejected_rows: null }'],
  ['unseen replaced', 'features: { a: { allowed: [a], unseen: { value: other } } }'],
  ['indexes', 'write: { cluster_by: [a, b], indexes: [a, [b, c]] }'],
];

describe('written shape', () => {
  it('takes the project of the design', () => {
    const { value, issues } = parseYaml(PROJECT_EXAMPLE, 'scorehouse.yml');
    assert.deepEqual(issues, []);
    assert.deepEqual(projectSchema.parse(value), value);
  });

  it('takes the target of the design', () => {
    const { value, issues } = parseYaml(TARGET_EXAMPLE, 'targets/churn.yml');
    assert.deepEqual(issues, []);
    assert.deepEqual(targetSchema.parse(value), value);
  });

  for (const [what, line] of VARIANTS) {
    it(`takes ${what}`, () => {
      const { value } = parseYaml(
        `name: a\nsource: { table: t }\nkey: [id]\nmodel: { uri: m.onnx }\n${line}\n`,
        'a.yml',
      );
      assert.deepEqual(targetSchema.parse(value), value);
    });
  }

  it('takes several models and every kind of source', () => {
    const models = [
      { name: 'champion', uri: 's3://models/a.onnx' },
      { name: 'challenger', uri: 'models:/churn@challenger' },
    ];
    const features = { service: 'churn_v1', entities: { sql: 'select 1' }, as_of: 'day' };
    for (const source of [{ file: 'data/*.parquet' }, { dbt: 'customers' }, { features }]) {
      const target = { name: 'a', source, key: ['id'], models };
      assert.deepEqual(targetSchema.parse(target), target);
    }
  });
});
