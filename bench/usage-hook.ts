import { writeFileSync } from 'node:fs';
import { readTimes } from './processes.js';

/** Loaded into a measured process by `--import`: leaves the CPU seconds of it and of its workers in a file when it ends. */
const file = process.env.SCOREHOUSE_BENCH_USAGE;
if (file !== undefined) {
  process.on('exit', () => {
    const { ownSeconds = 0, endedSeconds = 0 } = readTimes('self') ?? {};
    writeFileSync(file, JSON.stringify({ cpu: ownSeconds + endedSeconds }));
  });
}
