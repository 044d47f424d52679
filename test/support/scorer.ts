import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Patience } from '../../src/cli/options.js';
import { type CliResult, fixture, makeTempDir, type TempDir } from './cli-harness.js';
import { renderTarget } from './penguins.js';
import { execute, newDatabase, postgresUrl, queryAll, type TestDatabase } from './postgres.js';

const README = fileURLToPath(new URL('../../../README.md', import.meta.url));

/** With what JSON, URLs and SQL each treat apart, and nothing that is in a message by itself. */
export const SECRET = `pass'w"ord\\é/%41`;

/** In a text column of every row: no output may show it. */
export const CANARY = 'canary-of-a-row';

/** What the README has an administrator run for the role `scorer`, one statement each. */
export async function readGrants(): Promise<readonly string[]> {
  const section = (await readFile(README, 'utf8')).split('## Postgres\n')[1] ?? '';
  const [, block = ''] = /```sql\n(.*?)```/s.exec(section) ?? [];
  return block
    .replace(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** Makes the source: so many rows of five features and a text. */
export const PENGUINS = (rows: number): string => `create table analytics.penguins as
select i::bigint as id, 40.0::float8 + i % 9 as a, 18.0::float8 as b, 190.0::float8 as c, 4000.0::float8 as d,
  '${CANARY} ' || i as note
from generate_series(1, ${rows}) as r(i)`;

/** Keys of the warehouse and of the target that replace those of `Scorer`; null leaves one out. */
export interface ScorerKeys {
  readonly warehouse?: Readonly<Record<string, string | number | null>>;
  readonly target?: Readonly<Record<string, string | null>>;
}

export interface ScorerOptions extends ScorerKeys {
  /** A superuser's URL of another server than the test command's. */
  readonly server?: string;
  /** Words behind CREATE DATABASE. */
  readonly database?: string;
  readonly rows?: number;
  /** Further statements of the superuser before any right is given. */
  readonly ground?: readonly string[];
}

/** A project over a Postgres database of its own, run as a role that may do what the README lists and no more. */
export class Scorer implements AsyncDisposable {
  readonly role: string;
  readonly database: TestDatabase;
  readonly #dir: TempDir;
  readonly #server: string;
  readonly #keys: ScorerKeys;

  constructor(role: string, database: TestDatabase, dir: TempDir, server: string, keys: ScorerKeys) {
    this.role = role;
    this.database = database;
    this.#dir = dir;
    this.#server = server;
    this.#keys = keys;
  }

  /** A statement of the README for this role and this database. */
  localise(statement: string): string {
    return statement.replace(/\bscorer\b/g, this.role).replace(/\bshop\b/g, `"${this.database.name}"`);
  }

  /** Runs statements as the superuser. */
  execute(...sqls: readonly string[]): Promise<void> {
    return execute(this.database.url, ...sqls);
  }

  /** Queries as the superuser. */
  query(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    return queryAll(this.database.url, sql);
  }

  /** Writes the project's files anew, with other keys. */
  async configure({ warehouse = {}, target = {} }: ScorerKeys = {}): Promise<void> {
    const { port, hostname } = new URL(this.database.url);
    const keys = {
      type: 'postgres',
      host: hostname,
      port,
      database: this.database.name,
      user: this.role,
      password: '"${SCORER_PASSWORD}"',
      output_schema: 'predictions',
      ...this.#keys.warehouse,
      ...warehouse,
    };
    const lines = Object.entries(keys).filter(([, value]) => value !== null);
    await this.#dir.write({
      'scorehouse.yml': `name: zoo\nwarehouses:\n  dev:\n${lines.map(([key, value]) => `    ${key}: ${value}\n`).join('')}`,
      'targets/species.yml': renderTarget({
        source: '{ sql: select * from analytics.penguins }',
        ...this.#keys.target,
        ...target,
      }),
    });
  }

  /** Runs a command with the role's password, or another one. */
  run(argv: readonly string[], password = SECRET, patience: Patience = {}): Promise<CliResult> {
    return this.#dir.run(argv, { env: { SCORER_PASSWORD: password }, patience });
  }

  /** Removes the files of one whose server is gone. */
  async removeFiles(): Promise<void> {
    await this.#dir[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.removeFiles();
    await this.database[Symbol.asyncDispose]();
    const roles = ['', '_reader', '_writer', '_publisher'].map((ending) => `${this.role}${ending}`);
    await execute(this.#server, `drop role if exists ${roles.join(', ')}`);
  }
}

/** Makes the project; its source, `analytics.penguins`, has five rows where no number is given. */
export async function makeScorer(options: ScorerOptions = {}): Promise<Scorer> {
  const scorer = await newScorer(options);
  const [create = '', ...grants] = await readGrants();
  await scorer.execute(
    `${scorer.localise(create)} password '${QUOTED_SECRET}'`,
    ...grants.map((statement) => scorer.localise(statement)),
  );
  await scorer.configure();
  return scorer;
}

/** The same, its role made by what `scorehouse grants` prints to an administrator. */
export async function makeGrantedScorer(options: ScorerOptions = {}): Promise<Scorer> {
  const scorer = await newScorer(options);
  const script = await readScript(scorer);
  // As it is, and once more: it may be run again.
  await scorer.execute(script, script, `alter role ${scorer.role} password '${QUOTED_SECRET}'`);
  await scorer.configure();
  return scorer;
}

/** What `scorehouse grants` prints for the role where a superuser asks. */
export async function readScript(scorer: Scorer, role = 'all', to = scorer.role): Promise<string> {
  const { username, password } = new URL(scorer.database.url);
  await scorer.configure({ warehouse: { user: username } });
  const result = await scorer.run(['grants', '--role', role, '--to', to], decodeURIComponent(password));
  await scorer.configure();
  if (result.exitCode !== 0) throw new Error(result.text);
  return result.stdout;
}

const QUOTED_SECRET = SECRET.replaceAll("'", "''");

/** A database with the source, where nobody may do anything, and an empty project. */
async function newScorer({
  server = postgresUrl(),
  rows = 5,
  ground = [],
  database: words,
  ...keys
}: ScorerOptions): Promise<Scorer> {
  const database = await newDatabase(server, words);
  const dir = await makeTempDir({ 'models/forest.onnx': await readFile(fixture('forest/model.onnx')) });
  const scorer = new Scorer(`scorer_${database.name.slice(5)}`, database, dir, server, keys);
  await scorer.execute(
    `revoke all on database "${database.name}" from public`,
    'revoke all on schema public from public',
    'create schema analytics',
    PENGUINS(rows),
    ...ground,
  );
  return scorer;
}
