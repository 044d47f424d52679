import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { findPostgres } from '../support/postgres-server.js';
import { BUGS } from './bugs.js';
import { renderFailure } from './failure.js';
import { search, type WarehouseKind } from './schedule.js';

/**
 * Plays random schedules and prints the shortest one that breaks a promise:
 * `npm run schedules -- --runs 10000 --seed 1 --warehouse duckdb`; `--bug epoch` plants a bug.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    warehouse: { type: 'string', default: 'duckdb' },
    bug: { type: 'string' },
    processes: { type: 'string', default: String(availableParallelism()) },
  },
});

const kind = values.warehouse as WarehouseKind;
const [runs, seed, processes] = [values.runs, values.seed, values.processes].map(Number) as [
  number,
  number,
  number,
];
await using server =
  kind === 'postgres' && process.env.SCOREHOUSE_TEST_POSTGRES === undefined ? await findPostgres() : null;
if (server !== null) process.env.SCOREHOUSE_TEST_POSTGRES = server.url;

if (processes === 1) process.exitCode = await play();
else
  process.exitCode = Math.max(...(await Promise.all(Array.from({ length: processes }, (_, i) => start(i)))));

/** Another process with its share of the schedules, under a seed of its own. */
async function start(place: number): Promise<number> {
  const share = Math.floor(runs / processes) + (place < runs % processes ? 1 : 0);
  const bug = values.bug === undefined ? [] : ['--bug', values.bug];
  const args = [
    '--processes',
    '1',
    '--runs',
    `${share}`,
    '--seed',
    `${seed + place}`,
    '--warehouse',
    kind,
    ...bug,
  ];
  const [code] = await once(fork(new URL(import.meta.url), args), 'exit');
  return Number(code ?? 1);
}

async function play(): Promise<number> {
  const start = performance.now();
  const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
  const bug = values.bug === undefined ? undefined : BUGS.find(({ name }) => name.includes(`${values.bug}`));
  const tally = new Map<string, number>();
  const failure = await search({
    kind,
    runs,
    seed,
    tally,
    ...(bug === undefined ? {} : { dress: bug.dress }),
    onPlayed: (played) => {
      if (played % 500 === 0) process.stderr.write(`seed ${seed}: ${played} schedules, ${seconds()} s\n`);
    },
  });
  const counts = [...tally].sort().map(([what, times]) => `${what} ${times}`);
  process.stdout.write(`${kind}, seed ${seed}, ${runs} schedules, ${seconds()} s: ${counts.join(', ')}\n`);
  process.stdout.write(failure === null ? `seed ${seed}: no violation\n` : renderFailure(failure));
  return failure === null ? 0 : 1;
}
