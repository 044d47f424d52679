import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process' CPU time in hundredths of a second, whatever the kernel's own clock (`USER_HZ`). */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** What one process has used, in ticks: by itself, and by children that have ended and were waited for. */
export interface ProcessTimes {
  readonly parent: number;
  readonly ownSeconds: number;
  readonly endedSeconds: number;
}

/** Ids of all processes. Linux only, as all of this file. */
export function listProcesses(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Null for a process that has ended meanwhile. */
export function readTimes(pid: number | 'self'): ProcessTimes | null {
  const line = readOrNull(`/proc/${pid}/stat`);
  if (line === null) return null;
  // The name before the last parenthesis may hold anything; fields are counted from the state behind it.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
  return {
    parent: Number(fields[1]),
    ownSeconds: (user + system) / TICKS_PER_SECOND,
    endedSeconds: (endedUser + endedSystem) / TICKS_PER_SECOND,
  };
}

/** Memory of a process and its children in MB, what they share (the same program and libraries) counted once. */
export function readMemoryMb(pid: number): number {
  let own = 0;
  let shared = 0;
  for (const each of listProcesses().filter((id) => id === pid || readTimes(id)?.parent === pid)) {
    const [, residentPages = 0, sharedPages = 0] =
      readOrNull(`/proc/${each}/statm`)?.split(' ').map(Number) ?? [];
    own += residentPages - sharedPages;
    shared = Math.max(shared, sharedPages);
  }
  return ((own + shared) * PAGE_BYTES) / 1024 ** 2;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
