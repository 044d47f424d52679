import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { SmallValue } from '../../src/contract/index.js';
import { executeOn, queryOn } from './duckdb.js';
import { execute, makeDatabase, postgresUrl, queryAll } from './postgres.js';
import { type Ending, makeFolder, type Outcome, runCommand, writeProjectFile } from './project.js';

/** The warehouses that pipeline tests run on; every one must give the same answers. */
export const HOUSES = ['duckdb', 'postgres'] as const;
export type HouseKind = (typeof HOUSES)[number];

/** A project in an empty warehouse of its own. */
export interface House {
  readonly kind: HouseKind;
  readonly dir: string;
  /** The database file's path, or the database's URL. */
  readonly at: string;
  /** Runs statements one after the other, as anybody else would. */
  execute(...sqls: readonly string[]): Promise<void>;
  /** The rows of a query, every value as text. */
  query(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  /** Runs a command in the project. */
  run(...argv: readonly string[]): Promise<Outcome>;
}

export interface HouseOptions {
  /** An empty Postgres database's URL, instead of a new one on the test command's server. */
  readonly url?: string;
  /** Further keys of the warehouse in scorehouse.yml. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** A project with the targets given as YAML by name. */
export async function makeHouse(
  t: Ending,
  kind: HouseKind,
  targets: Readonly<Record<string, string>>,
  { url, keys = {} }: HouseOptions = {},
): Promise<House> {
  const dir = makeFolder(t);
  const at = kind === 'duckdb' ? join(dir, 'shop.duckdb') : (url ?? (await makeDatabase(t)));
  const entry = {
    type: kind,
    ...(kind === 'duckdb' ? { path: 'shop.duckdb' } : { url: at }),
    ...keys,
  };
  writeProjectFile({ dir }, 'scorehouse.yml', `name: shop\nwarehouses: { dev: ${JSON.stringify(entry)} }\n`);
  for (const [name, text] of Object.entries(targets)) writeTarget({ dir }, name, text);
  return {
    kind,
    dir,
    at,
    execute: (...sqls) => (kind === 'duckdb' ? executeOn(at, ...sqls) : execute(at, ...sqls)),
    query: async (sql) =>
      kind === 'duckdb' ? (await queryOn(at, sql)).map((row) => row.map(toText)) : queryAll(at, sql),
    run: (...argv) => runCommand({ dir, database: at }, argv),
  };
}

/**
 * Has the commands of a Postgres house connect as a new role that is nobody special: it may read `source`, and make
 * schemas. Returns its name.
 */
export async function runAs(t: TestContext, house: House, name: string): Promise<string> {
  const url = new URL(house.at);
  const database = url.pathname.slice(1);
  const role = `${name}_${database}`;
  await house.execute(
    `create role ${role} login password 'scorer'`,
    `grant create on database ${database} to ${role}`,
    `grant select on source to ${role}`,
  );
  // After its database, which holds all that it owns.
  t.after(() => execute(postgresUrl(), `drop role ${role}`));
  const entry = { type: 'postgres', url: Object.assign(url, { username: role, password: 'scorer' }).href };
  writeProjectFile(house, 'scorehouse.yml', `name: shop\nwarehouses: { dev: ${JSON.stringify(entry)} }\n`);
  return role;
}

/** Writes or replaces a target. */
export function writeTarget(house: Pick<House, 'dir'>, name: string, text: string): void {
  writeProjectFile(house, `targets/${name}.yml`, `name: ${name}\n${text}`);
}

function toText(value: SmallValue): string | null {
  return value === null ? null : String(value);
}
