import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Linux counts a process' CPU time in hundredths of a second, whatever the kernel's own clock (`USER_HZ`). */
const TICKS_PER_SECOND = 100;

/** What one process has used, in ticks: by itself, and by children that have ended and were waited for. */
interface Ticks {
  readonly parent: number;
  readonly own: number;
  readonly ended: number;
}

/**
 * CPU seconds of all processes of a running cluster, those that have ended among them: the postmaster is the parent of
 * each, and has waited for those that are gone. Linux only.
 *
 * @param dir the cluster's folder, with `data` in it
 */
export async function readServerCpu(dir: string): Promise<number> {
  const postmaster = Number((await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  let ticks = 0;
  for (const pid of pids) {
    const found = await readTicks(pid);
    if (found === null) continue;
    if (pid === postmaster) ticks += found.own + found.ended;
    else if (found.parent === postmaster) ticks += found.own;
  }
  return ticks / TICKS_PER_SECOND;
}

/** Null for a process that has ended meanwhile. */
async function readTicks(pid: number): Promise<Ticks | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (line === null) return null;
  // The name before the last parenthesis may hold anything; fields are counted from the state behind it.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
  return { parent: Number(fields[1]), own: user + system, ended: endedUser + endedSystem };
}
