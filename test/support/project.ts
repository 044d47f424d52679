import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../src/cli/run-cli.js';
import type { StampedEvent } from '../../src/observe/events.js';

/** The compiled program, for tests that need a process of their own. */
const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

const PROJECT_FILE = 'name: shop\nwarehouses: { dev: { type: duckdb, path: shop.duckdb } }\n';

/** A project folder of one test, with a DuckDB file in it. */
export interface Project {
  readonly dir: string;
  readonly database: string;
}

/** What a command printed and returned. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whose end takes what was made for it away: a test, mostly. */
export interface Ending {
  after(hook: () => void | Promise<void>): void;
}

/** An empty folder that goes with its test. */
export function makeFolder(t: Ending): string {
  const dir = mkdtempSync(join(tmpdir(), 'scorehouse-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A project with the targets given as YAML by name. */
export function makeProject(t: TestContext, targets: Readonly<Record<string, string>>): Project {
  const dir = makeFolder(t);
  writeProjectFile({ dir }, 'scorehouse.yml', PROJECT_FILE);
  for (const [name, text] of Object.entries(targets)) {
    writeProjectFile({ dir }, `targets/${name}.yml`, `name: ${name}\n${text}`);
  }
  return { dir, database: join(dir, 'shop.duckdb') };
}

/** Writes or replaces a file of the project. */
export function writeProjectFile(
  { dir }: Pick<Project, 'dir'>,
  path: string,
  text: string | Uint8Array,
): void {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Runs a command in this process, as `main` would. */
export async function runCommand(
  { dir }: Project,
  argv: readonly string[],
  signal: AbortSignal = new AbortController().signal,
  onStdout: (text: string) => void = () => undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const code = await runCli(argv, {
    stdout: {
      write: (text) => {
        stdout += text;
        onStdout(text);
      },
    },
    stderr: { write: (text) => (stderr += text) },
    env,
    cwd: dir,
    signal,
  });
  return { code, stdout, stderr };
}

/** A command in a process of its own, and its end. */
export interface Spawned {
  readonly child: ChildProcess;
  /** Resolves when a line of stdout holds the text. */
  line(text: string): Promise<void>;
  readonly ended: Promise<Outcome & { readonly signal: NodeJS.Signals | null }>;
}

/** Starts a command in a process of its own; the test's end kills it. */
export function spawnCommand(
  t: TestContext,
  { dir }: Pick<Project, 'dir'>,
  argv: readonly string[],
): Spawned {
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Awaited<Spawned['ended']>>((resolve) => {
    child.on('close', (code, signal) => resolve({ code: code ?? -1, signal, stdout, stderr }));
  });
  const line = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`it ended without printing ${text}: ${stdout}${stderr}`)));
      look();
    });
  return { child, line, ended };
}

/** Runs a command in a process of its own while this one stands still. */
export function runBlocking({ dir }: Pick<Project, 'dir'>, argv: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...argv], {
    cwd: dir,
    encoding: 'utf8',
  });
  return { code: status ?? -1, stdout, stderr };
}

/** The events that `run --json` printed. */
export function parseEvents(stdout: string): readonly StampedEvent[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StampedEvent);
}
