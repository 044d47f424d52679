import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Files that hold a container's CPU quota: cgroup v2, then v1's two. */
const CGROUP_V2 = '/sys/fs/cgroup/cpu.max';
const CGROUP_V1 = ['/sys/fs/cgroup/cpu/cpu.cfs_quota_us', '/sys/fs/cgroup/cpu/cpu.cfs_period_us'] as const;

/**
 * Cores that this process may really use: the scheduler's affinity, cut by the container's quota, at least 1.
 * Node 20 does not look at quotas itself.
 */
export function countCores(readText: (file: string) => string | null = readOrNull): number {
  const quota = parseQuota(readText);
  const cores = availableParallelism();
  return Math.max(1, quota === null ? cores : Math.min(cores, Math.ceil(quota)));
}

/** The quota in cores, null where there is none. */
function parseQuota(readText: (file: string) => string | null): number | null {
  const [limit, period] =
    readText(CGROUP_V2)?.trim().split(/\s+/) ?? CGROUP_V1.map((file) => readText(file)?.trim());
  const cores = Number(limit) / Number(period);
  return Number.isFinite(cores) && cores > 0 ? cores : null;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
