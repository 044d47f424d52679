import { writeSync } from 'node:fs';
import { addInnerPoints, watchCommits } from './points.js';
import { CountingWorker, runOnce } from './run-once.js';

/**
 * Runs a project's only target in a process of its own, and kills itself at a point of the run: its number, counted
 * from 1, or its name, then the first time that it comes by. Prints the names of points and, where it got there, how
 * the run ended.
 */
const [dir = '', kind, at = ''] = process.argv.slice(2);
let count = 0;
let last = '';

function hook(point: string): void {
  count++;
  // The same in every run: helper tables are named after theirs.
  last = point.replace(/_[0-9a-f]{12}\b/g, '_<run>');
  // At once: what is only buffered would not survive.
  writeSync(1, `${last}\n`);
  if (String(count) === at || last === at) process.kill(process.pid, 'SIGKILL');
}

await watchCommits(kind === 'duckdb' ? kind : 'postgres', (moment) =>
  hook(`${last.replace(/: .*/, '')}: ${moment}`),
);
await using worker = new CountingWorker();
const { finished, failure } = await runOnce(dir, worker, {
  failpoint: hook,
  wrap: (adapter) => addInnerPoints(adapter, hook),
});
writeSync(1, `${`ended with ${finished.exit_code} ${failure}`.trim()}\n`);
