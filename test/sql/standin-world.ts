import { randomUUID } from 'node:crypto';
import { bigqueryDialect } from '../../adapters/bigquery/dialect.js';
import { snowflakeDialect } from '../../adapters/snowflake/dialect.js';
import { newRenderer, type SqlRenderer } from '../../src/sql/renderer.js';
import { renderWorld } from './world.js';

/** A warehouse that takes SQL over plain HTTP: what an adapter adds is no part of what the templates say. */
export interface StandinWorld {
  readonly sql: SqlRenderer;
  /** The rows, all values as texts. */
  run(statement: string): Promise<readonly (readonly (string | null)[])[]>;
}

/** The stand-in of Snowflake with the world in a database of its own. */
export async function newSnowflakeWorld(port: number): Promise<StandinWorld> {
  const base = `http://127.0.0.1:${port}`;
  const login = { LOGIN_NAME: 'u', PASSWORD: 'p', ACCOUNT_NAME: 'fakesnow', SESSION_PARAMETERS: {} };
  const { data } = await post<{ data: { token: string } }>(`${base}/session/v1/login-request`, {
    data: login,
  });
  const url = () => `${base}/queries/v1/query-request?requestId=${randomUUID()}`;
  const run = async (sqlText: string) => {
    const headers = { authorization: `Snowflake Token="${data.token}"` };
    const answer = await post<SnowflakeAnswer>(url(), { sqlText, sequenceId: 1 }, headers);
    if (!answer.success) throw new Error(answer.message);
    return answer.data?.rowset ?? [];
  };
  const database = `WORLD_${randomUUID().replaceAll('-', '').toUpperCase()}`;
  for (const statement of [`create database ${database}`, `use database ${database}`]) await run(statement);
  return makeWorld({ sql: newRenderer(snowflakeDialect), run });
}

interface SnowflakeAnswer {
  readonly success: boolean;
  readonly message?: string;
  readonly data?: { readonly rowset?: readonly (readonly (string | null)[])[] };
}

/** The stand-in of BigQuery with the world in a project of its own. */
export async function newBigqueryWorld(port: number): Promise<StandinWorld> {
  const project = `world-${randomUUID().slice(0, 8)}`;
  const url = `http://127.0.0.1:${port}/bigquery/v2/projects/${project}/queries`;
  const run = async (query: string) => {
    const answer = await post<BigqueryAnswer>(url, { query, useLegacySql: false });
    const fault = answer.error?.message ?? answer.errors?.[0]?.message;
    if (fault !== undefined) throw new Error(fault);
    return (answer.rows ?? []).map(({ f }) => f.map(({ v }) => v));
  };
  return makeWorld({ sql: newRenderer(bigqueryDialect), run });
}

interface BigqueryAnswer {
  readonly error?: { readonly message: string };
  readonly errors?: readonly { readonly message: string }[];
  readonly rows?: readonly { readonly f: readonly { readonly v: string | null }[] }[];
}

async function makeWorld(world: StandinWorld): Promise<StandinWorld> {
  for (const statement of renderWorld(world.sql)) await world.run(statement);
  return world;
}

async function post<T>(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}
