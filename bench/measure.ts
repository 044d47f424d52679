import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, WORK } from './data.js';
import { readMemoryMb } from './processes.js';

/** How often a process' memory is looked at. */
const SAMPLE_MS = 50;

/** What a whole process took, its workers with it. */
export interface Usage {
  readonly wall: number;
  readonly cpu: number;
  readonly rssMb: number;
}

export interface Measured extends Usage {
  readonly stdout: string;
}

/** Runs a compiled script of this project as a process of its own. */
export async function measureNode(script: string, args: readonly string[]): Promise<Measured> {
  const usageFile = join(WORK, 'usage.json');
  rmSync(usageFile, { force: true });
  const hook = pathToFileURL(join(ROOT, 'dist', 'bench', 'usage-hook.js')).href;
  const command = ['--import', hook, join(ROOT, 'dist', script), ...args];
  const { wall, stdout, rssMb } = await time(process.execPath, command, {
    SCOREHOUSE_BENCH_USAGE: usageFile,
  });
  const { cpu } = JSON.parse(readFileSync(usageFile, 'utf8')) as Pick<Usage, 'cpu'>;
  return { wall, cpu, rssMb, stdout };
}

/** Runs a command and waits for it; anything but exit code 0 is an error. */
export async function time(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly wall: number; readonly stdout: string; readonly rssMb: number }> {
  const start = performance.now();
  // Settings that slow numpy's BLAS are the machine's, not the peer's.
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _l2, ...inherited } = process.env;
  const child = spawn(command, args, { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  let rssMb = 0;
  const sampling = setInterval(() => {
    rssMb = Math.max(rssMb, readMemoryMb(child.pid ?? 0));
  }, SAMPLE_MS);
  let stdout = '';
  child.stdout.on('data', (part) => {
    stdout += part;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => clearInterval(sampling));
  const wall = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stdout}`);
  return { wall, stdout, rssMb };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The median of each figure. */
export function medianUsage(usages: readonly Usage[]): Usage {
  return {
    wall: median(usages.map(({ wall }) => wall)),
    cpu: median(usages.map(({ cpu }) => cpu)),
    rssMb: Math.max(...usages.map(({ rssMb }) => rssMb)),
  };
}
