import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelName, modelFile, ROOT, WORK } from './data.js';
import { time, type Usage } from './measure.js';

/** How the Python stack uses its cores. */
export const PEERS = {
  session: 'one onnxruntime session with a thread a core, the plain idiom',
  pool: 'a thread pool over one-thread runs, the expert idiom',
} as const;
export type PeerName = keyof typeof PEERS;

/** The Python of the peer's environment, made from its pinned requirements; null where there is no python3. */
export async function makePeer(): Promise<string | null> {
  const venv = join(WORK, 'venv');
  const python = join(venv, 'bin', 'python');
  if (existsSync(python)) return python;
  try {
    await time('python3', ['-m', 'venv', venv]);
  } catch {
    return null;
  }
  await time(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '-r',
    join(ROOT, 'bench', 'python', 'requirements.txt'),
  ]);
  return python;
}

/** The same job by the Python stack, as a whole process. */
export async function measurePeer(
  python: string,
  peer: PeerName,
  model: ModelName,
  database: string,
  cores: number,
): Promise<Usage> {
  const script = join(ROOT, 'bench', 'python', 'peer.py');
  const options = [
    '--database',
    database,
    '--model',
    modelFile(model),
    '--threads',
    peer,
    '--cores',
    String(cores),
  ];
  const { wall, stdout } = await time(python, [script, ...options]);
  const { cpu_seconds: cpu, max_rss_mb: rssMb } = JSON.parse(stdout) as {
    cpu_seconds: number;
    max_rss_mb: number;
  };
  return { wall, cpu, rssMb };
}
