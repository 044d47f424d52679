import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, WORK } from './data.js';
import { time, type Usage } from './measure.js';

const SCRIPTS = join(ROOT, 'bench', 'python');

/** The Python of the peers' environment, made from their pinned requirements; null where there is no python3. */
export async function makePeerPython(): Promise<string | null> {
  const venv = join(WORK, 'venv');
  const python = join(venv, 'bin', 'python');
  const [wanted, installed] = [join(SCRIPTS, 'requirements.txt'), join(venv, 'requirements.txt')];
  if ((await readOrNull(installed)) === (await readFile(wanted, 'utf8'))) return python;
  await mkdir(WORK, { recursive: true });
  try {
    await time('python3', ['-m', 'venv', venv]);
  } catch {
    return null;
  }
  await time(python, ['-m', 'pip', 'install', '--quiet', '-r', wanted]);
  await copyFile(wanted, installed);
  return python;
}

async function readOrNull(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}

/** A peer's script of `python/`, as a whole process. */
export async function measurePeer(python: string, [script, ...args]: readonly string[]): Promise<Usage> {
  const { wall, stdout } = await time(python, [join(SCRIPTS, script ?? ''), ...args]);
  const { cpu_seconds: cpu, max_rss_mb: rssMb } = JSON.parse(stdout) as {
    cpu_seconds: number;
    max_rss_mb: number;
  };
  return { wall, cpu, rssMb };
}
