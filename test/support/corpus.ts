import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { EXIT, type RangingAdapter } from '../../src/contract/index.js';
import { events, makeTempDir, type TempDir } from './cli-harness.js';
import { openDuckdb } from './duckdb.js';
import { readTar } from './tar.js';

const ARCHIVE = fileURLToPath(new URL('../../../test/corpus/corpus.tar.br', import.meta.url));

/** The project's DuckDB file. */
const DATABASE = 'corpus.duckdb';

const PROJECT = `name: corpus
warehouses: { dev: { type: duckdb, path: ${DATABASE} } }
`;

/** How a run of a case must end where its model or rows are refused. */
export interface Refusal {
  readonly exit: number;
  /** Pattern of the error's code. */
  readonly code: string;
  /** Pattern of its message. */
  readonly message: string;
}

export interface CorpusCase {
  readonly name: string;
  readonly refused: Refusal | null;
  /** Absolute path of what the predictions must be; not there where `refused`. */
  readonly expected: string;
}

/** How the run of one target ended. */
export interface CaseOutcome {
  readonly exit: number;
  /** Of the error; empty where it published. */
  readonly code: string;
  readonly message: string;
}

/** The corpus in a project of its own, a target for each case, run once. */
export interface Corpus extends AsyncDisposable {
  readonly cases: readonly CorpusCase[];
  /** Open on what the runs published. */
  readonly adapter: RangingAdapter;
  readonly outcomes: ReadonlyMap<string, CaseOutcome>;
}

/**
 * Unpacks the corpus and runs all of its targets in one command.
 *
 * @param folder of cases to take instead of the archive, as `make.py --out` leaves them
 */
export async function runCorpus(folder: string | undefined): Promise<Corpus> {
  const project = await makeTempDir({ 'scorehouse.yml': PROJECT });
  try {
    if (folder === undefined) await project.write(readArchive());
    else cpSync(folder, project.dir, { recursive: true });
    const cases = listCases(project);
    const outcomes = await runTargets(project);
    const adapter = await openDuckdb(project.path(DATABASE));
    const close = async () => {
      await adapter.close();
      await project[Symbol.asyncDispose]();
    };
    return { cases, adapter, outcomes, [Symbol.asyncDispose]: close };
  } catch (error) {
    await project[Symbol.asyncDispose]();
    throw error;
  }
}

/** Names of the tests of the archive's cases. */
export function listCaseTests(): readonly string[] {
  return Object.keys(readArchive()).flatMap((path) => {
    const [name = '', file] = path.split('/');
    if (file === 'refused.json') return [nameTest(name, true)];
    return file === 'expected.parquet' ? [nameTest(name, false)] : [];
  });
}

/** What the test of a case is called. */
export function nameTest(name: string, refused: boolean): string {
  return refused ? `${name} is refused` : `${name} gives the bits of the reference`;
}

/** The archive's files by their paths. */
function readArchive(): Readonly<Record<string, Uint8Array>> {
  const files = readTar(brotliDecompressSync(readFileSync(ARCHIVE)));
  return Object.fromEntries(Array.from(files, ({ path, content }) => [path, content]));
}

/** Makes each case's target.yml a target of the project. */
function listCases(project: TempDir): readonly CorpusCase[] {
  mkdirSync(project.path('targets'));
  const names = readdirSync(project.dir).filter((name) => existsSync(project.path(name, 'target.yml')));
  return names.map((name) => {
    writeFileSync(project.path('targets', `${name}.yml`), readFileSync(project.path(name, 'target.yml')));
    const refusal = project.path(name, 'refused.json');
    return {
      name,
      refused: existsSync(refusal) ? (JSON.parse(readFileSync(refusal, 'utf8')) as Refusal) : null,
      expected: join(project.dir, name, 'expected.parquet'),
    };
  });
}

/** Runs every target. Those whose files are not taken are put aside, so that they hide no others. */
async function runTargets(project: TempDir): Promise<ReadonlyMap<string, CaseOutcome>> {
  const first = events(await project.run(['run', '--json']));
  const invalid = first.find(({ target, event }) => target === null && event === 'run_failed');
  if (invalid === undefined) return readOutcomes(first);
  const outcomes = new Map<string, CaseOutcome>();
  for (const [, name = '', message = ''] of String(invalid.message).matchAll(/targets\/(\w+)\.yml:(.*)/g)) {
    outcomes.set(name, { exit: EXIT.usage, code: String(invalid.code), message });
    rmSync(project.path('targets', `${name}.yml`), { force: true });
  }
  const rest = readOutcomes(events(await project.run(['run', '--json'])));
  return new Map([...outcomes, ...rest]);
}

function readOutcomes(told: readonly Readonly<Record<string, unknown>>[]): Map<string, CaseOutcome> {
  const outcomes = new Map<string, CaseOutcome>();
  for (const { event, target, code, message, exit_code: exit } of told) {
    const before = outcomes.get(String(target)) ?? { exit: EXIT.ok, code: '', message: '' };
    if (event === 'run_failed') {
      outcomes.set(String(target), { ...before, code: String(code), message: String(message) });
    } else if (event === 'run_finished') outcomes.set(String(target), { ...before, exit: Number(exit) });
  }
  return outcomes;
}
