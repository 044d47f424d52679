import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SmallValue, WarehouseAdapter } from '../../src/contract/index.js';
import { makeTempDir, type TempDir } from '../support/cli-harness.js';
import { NEVER, queryOn } from '../support/duckdb.js';
import { openBigquery } from '../support/open-bigquery.js';
import { openSnowflake, snowflakePort, standinConfig } from '../support/open-snowflake.js';
import { findBigquery, PROJECT } from '../support/standins/bigquery.js';

const CUSTOMERS = 7043;

const LOOK = `select customer_id, contract, churn_label, cast(churn_probability as DOUBLE) from predictions.churn
order by customer_id`;
const HASHES = 'select rows_published, key_hash, value_hash from scorehouse.runs order by run_id';

/** A cloud as scorehouse.yml has it, and as somebody beside scorehouse reaches it. */
interface Cloud {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly double: string;
  open(): Promise<WarehouseAdapter>;
}

const CLOUDS: Readonly<Record<string, () => Promise<Cloud>>> = {
  async snowflake() {
    const config = { ...standinConfig(await snowflakePort()), schema: 'PUBLIC' };
    return { entry: { type: 'snowflake', ...config }, double: 'float', open: () => openSnowflake(config) };
  },
  async bigquery() {
    const found = await findBigquery();
    if ('missing' in found) throw new Error(found.missing);
    const [rest, grpc] = found.ports;
    const endpoints = { api_endpoint: `http://127.0.0.1:${rest}`, storage_endpoint: `127.0.0.1:${grpc}` };
    const entry = { type: 'bigquery', project: PROJECT, dataset: 'public', ...endpoints };
    return { entry, double: 'float64', open: () => openBigquery(found.ports) };
  },
};

for (const [kind, makeCloud] of Object.entries(CLOUDS)) {
  test(`the demo gives the same keys, labels, passthrough, bits and hashes on ${kind} as on DuckDB`, async () => {
    const { entry, double, open } = await makeCloud();
    await using folder = await makeTempDir();
    await folder.write({ 'demo/scorehouse.yml': renderProject(entry) });
    await using adapter = await open();
    const home = `create schema if not exists ${kind === 'snowflake' ? 'PUBLIC' : 'public'}`;
    await adapter.execute([{ name: 'home', sql: home, ddl: true }], { atomic: false, signal: NEVER });

    await run(folder, 'init', '--demo', 'demo', '--warehouse', 'cloud');
    await run(folder, 'run', '--project-dir', 'demo');
    for (const _ of ['first', 'second'])
      await run(folder, 'run', '--project-dir', 'demo', '--warehouse', 'cloud');
    await run(folder, 'verify', 'churn', '--project-dir', 'demo', '--warehouse', 'cloud');

    const file = folder.path('demo', 'churn.duckdb');
    const ask = async (sql: string) =>
      (await adapter.query({ name: 'look', sql }, { maxRows: 10_000, signal: NEVER })).rows;
    const shown = await ask(LOOK.replace('DOUBLE', double));
    assert.equal(shown.length, CUSTOMERS);
    assert.deepEqual(toTexts(shown), toTexts(await queryOn(file, LOOK)));
    const [onDuckdb = []] = toTexts(await queryOn(file, HASHES));
    assert.deepEqual(toTexts(await ask(HASHES)), [onDuckdb, onDuckdb]);
  });
}

function renderProject(entry: Readonly<Record<string, unknown>>): string {
  const warehouses = {
    dev: { type: 'duckdb', path: 'churn.duckdb', output_schema: 'predictions' },
    cloud: { ...entry, output_schema: 'predictions' },
  };
  return `name: churn_demo\nwarehouses: ${JSON.stringify(warehouses)}\ndefault_warehouse: dev\n`;
}

async function run(folder: TempDir, ...argv: readonly string[]): Promise<void> {
  const result = await folder.run(argv, {});
  assert.equal(result.exitCode, 0, result.text);
}

function toTexts(rows: readonly (readonly SmallValue[])[]): readonly (readonly string[])[] {
  return rows.map((row) => row.map(String));
}
