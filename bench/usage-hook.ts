import { writeFileSync } from 'node:fs';

/** Loaded into a measured process by `--import`: leaves what the process used in a file when it ends. */
const file = process.env.SCOREHOUSE_BENCH_USAGE;
if (file !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, rssMb: maxRSS / 1024 }));
  });
}
