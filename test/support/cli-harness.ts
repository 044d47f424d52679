import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Patience } from '../../src/cli/options.js';
import { runCli } from '../../src/cli/run-cli.js';
import type { Network } from '../../src/run/fetcher.js';

const PACKAGE_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A file of test/fixtures. */
export function fixture(name: string): string {
  return join(PACKAGE_ROOT, 'test', 'fixtures', name);
}

/** What a command did, as a shell sees it. */
export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both outputs in the order in which they were written. */
  readonly text: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** What models from servers come through. */
  readonly network?: Network;
  readonly patience?: Patience;
  /** True makes stdout a terminal of 100 columns. */
  readonly isTTY?: boolean;
}

/** Runs the CLI in this process. */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const written: { readonly to: 'stdout' | 'stderr'; readonly text: string }[] = [];
  const stream = (to: 'stdout' | 'stderr') => ({
    isTTY: options.isTTY ?? false,
    columns: 100,
    write: (text: string) => written.push({ to, text }),
  });
  const exitCode = await runCli(argv, {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: options.env ?? {},
    cwd: options.cwd ?? tmpdir(),
    signal: options.signal ?? new AbortController().signal,
    ...(options.network === undefined ? {} : { network: options.network }),
    ...(options.patience === undefined ? {} : { patience: options.patience }),
  });
  const join = (to?: 'stdout' | 'stderr') =>
    written
      .filter((each) => to === undefined || each.to === to)
      .map(({ text }) => text)
      .join('');
  return { exitCode, stdout: join('stdout'), stderr: join('stderr'), text: join() };
}

/** The lines of NDJSON on stdout. */
export function events(result: CliResult): readonly Readonly<Record<string, unknown>>[] {
  return result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The one JSON document on stdout. */
export function json(result: CliResult): Readonly<Record<string, unknown>> {
  return JSON.parse(result.stdout) as Record<string, unknown>;
}

/** A file's content: text, bytes, or a copy of a fixture. */
export type FileContent = string | Uint8Array;

/** A folder of its own, with a space in its name; gone at the end of the block. */
export class TempDir implements AsyncDisposable {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  path(...parts: readonly string[]): string {
    return join(this.dir, ...parts);
  }

  async write(files: Readonly<Record<string, FileContent>>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(this.path(name)), { recursive: true });
      await writeFile(this.path(name), content);
    }
  }

  async copy(from: string, to: string): Promise<void> {
    await copyFile(this.path(from), this.path(to));
  }

  /** Runs the CLI as from a shell in this folder. */
  run(argv: readonly string[], options: Omit<CliOptions, 'cwd'> = {}): Promise<CliResult> {
    return cli(argv, { ...options, cwd: this.dir });
  }

  /** A folder inside, to run commands from. */
  from(folder: string): Pick<TempDir, 'run'> {
    return { run: (argv, options) => cli(argv, { ...options, cwd: this.path(folder) }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}

export async function makeTempDir(files: Readonly<Record<string, FileContent>> = {}): Promise<TempDir> {
  const made = new TempDir(await mkdtemp(join(tmpdir(), 'score house ')));
  await made.write(files);
  return made;
}

/** Opens a DuckDB file, made where it is not there, runs the work and closes it again. */
export async function withDuckdb<T>(
  file: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(file);
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** Runs statements in a DuckDB file. */
export async function runSql(file: string, statements: readonly string[]): Promise<void> {
  await withDuckdb(file, async (connection) => {
    for (const statement of statements) await connection.run(statement);
  });
}

/** The rows of a query in a DuckDB file, as JSON values. */
export async function querySql(file: string, sql: string): Promise<readonly (readonly unknown[])[]> {
  return withDuckdb(file, async (connection) => (await connection.runAndReadAll(sql)).getRowsJson());
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Every table and view outside the ledger by its name: kind, DDL, comment and rows. */
export type Dump = Readonly<Record<string, string>>;

const LEDGER = 'scorehouse';

/** All that readers may look at in a DuckDB file; `ledger` is false where the ledger's schema is not there. */
export async function dumpWarehouse(file: string): Promise<{ published: Dump; ledger: boolean }> {
  return withDuckdb(file, async (connection) => {
    const list = await connection.runAndReadAll(
      `select schema_name, table_name as name, 'table' as kind, sql, comment from duckdb_tables()
where not internal
union all
select schema_name, view_name, 'view', sql, comment from duckdb_views() where not internal
order by all`,
    );
    const published: Record<string, string> = {};
    for (const [schema, name, ...facts] of list.getRowsJson()) {
      if (schema === LEDGER) continue;
      const rows = await connection.runAndReadAll(
        `select * from ${quote(String(schema))}.${quote(String(name))} order by all`,
      );
      published[`${schema}.${name}`] = JSON.stringify([facts, rows.getRowsJson()]);
    }
    const schemas = await connection.runAndReadAll(
      `select count(*) from duckdb_schemas() where schema_name = '${LEDGER}'`,
    );
    return { published, ledger: schemas.getRows()[0]?.[0] === 1n };
  });
}

/** Another process that holds a DuckDB file open; it lets go at the end of the block. */
export class FileHolder implements AsyncDisposable {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}

/** Holds the file from another process, which ends when its stdin does: also when this process dies. */
export async function holdFile(file: string): Promise<FileHolder> {
  const script = `import { DuckDBInstance } from '@duckdb/node-api';
const instance = await DuckDBInstance.create(process.argv[1]);
process.stdout.write('held');
process.stdin.resume().on('end', () => { instance.closeSync(); process.exit(0); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
    cwd: PACKAGE_ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [word] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
  if (String(word) !== 'held') throw new Error(`the holder of ${file} ended with ${String(word)}`);
  return new FileHolder(child);
}
