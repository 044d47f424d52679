import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { WrittenBigqueryConfig } from '../../../adapters/bigquery/config.js';
import { isScoringError, type ScoringError, type WarehouseAdapter } from '../../../src/contract/index.js';
import { NEVER } from '../../support/duckdb.js';
import { openBigquery } from '../../support/open-bigquery.js';
import { RestProxy } from '../../support/rest-proxy.js';
import { findBigquery } from '../../support/standins/bigquery.js';

/** How long lost jobs are asked for, in milliseconds. */
export const OUTCOME_WAIT_MS = 1500;

/** An adapter whose requests go through a proxy, and one beside it whose do not. */
export interface ProxyRig {
  readonly adapter: WarehouseAdapter;
  readonly proxy: RestProxy;
  /** Ports of the service itself: REST, then gRPC. */
  readonly ports: readonly number[];
  /** The quoted data set of the test, empty at first. */
  readonly schema: string;
  readonly schemaName: string;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  execute(...sqls: readonly string[]): Promise<void>;
}

let schemas = 0;

/** Makes a rig that goes with the test. */
export async function makeRig(
  t: TestContext,
  config: Partial<WrittenBigqueryConfig> = {},
): Promise<ProxyRig> {
  const found = await findBigquery();
  assert.ok(!('missing' in found), 'missing' in found ? found.missing : '');
  const [rest = 0, grpc = 0] = found.ports;
  const proxy = await RestProxy.start(rest);
  const beside = await openBigquery(found.ports);
  const adapter = await openBigquery([proxy.port, grpc], config, { outcomeWaitMs: OUTCOME_WAIT_MS });
  t.after(async () => {
    await adapter.close();
    await beside.close();
    await proxy[Symbol.asyncDispose]();
    await found[Symbol.asyncDispose]();
  });
  const schemaName = `proxied_${process.pid}_${++schemas}`;
  const schema = adapter.dialect.ident(schemaName);
  const execute = async (...sqls: readonly string[]) => {
    const statements = sqls.map((sql) => ({ name: 'test', sql }));
    await beside.execute(statements, { atomic: false, signal: NEVER });
  };
  const rows = async (sql: string) =>
    (await beside.query({ name: 'test', sql }, { maxRows: 100, signal: NEVER })).rows;
  await execute(`create schema ${schema}`);
  return { adapter, proxy, ports: found.ports, schema, schemaName, rows, execute };
}

/** The error of work that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<ScoringError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(isScoringError(error), `it did not fail with an error of ours: ${error}`);
  return error;
}

/** BigQuery's document of an error. */
export function errorBody(code: number, reason: string, message: string): unknown {
  return { error: { code, message, errors: [{ domain: 'global', reason, message }] } };
}
