import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listProcesses, readTimes } from './processes.js';

/**
 * CPU seconds of all processes of a running cluster, those that have ended among them: the postmaster is the parent of
 * each, and has waited for those that are gone.
 *
 * @param dir the cluster's folder, with `data` in it
 */
export async function readServerCpu(dir: string): Promise<number> {
  const postmaster = Number((await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  let seconds = 0;
  for (const pid of listProcesses()) {
    const found = readTimes(pid);
    if (found === null) continue;
    if (pid === postmaster) seconds += found.ownSeconds + found.endedSeconds;
    else if (found.parent === postmaster) seconds += found.ownSeconds;
  }
  return seconds;
}
