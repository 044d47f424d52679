import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { countCores } from '../src/score/cores.js';
import { MODELS, type ModelName } from './data.js';
import { openDuckdbBench } from './duckdb.js';
import { type Measured, measureNode, median, type Usage } from './measure.js';
import { makePeerPython, measurePeer } from './peer.js';
import { openPostgresBench } from './postgres.js';
import { type JobResult, renderResult } from './report.js';
import { type BenchWarehouse, type Job, STRATEGIES, type Strategy } from './warehouse.js';

/**
 * Speed of a whole run against its limit and beside the same job in Python, every process measured whole and in turn:
 * `npm run bench -- --warehouse postgres --rows 1000000,10000000 --models linear,lightgbm --runs 5`.
 */
const { values: options } = parseArgs({
  options: {
    warehouse: { type: 'string', default: 'duckdb' },
    rows: { type: 'string', default: '1000000,10000000' },
    models: { type: 'string', default: MODELS.join(',') },
    strategies: { type: 'string' },
    runs: { type: 'string', default: '5' },
    peers: { type: 'string' },
  },
});
const cores = countCores();
const runs = Number(options.runs);

/** The words of a list among those that there are. */
function choose<T extends string>(text: string | undefined, known: readonly T[], what: string): readonly T[] {
  if (text === undefined) return known;
  const words = text.split(',').filter(Boolean);
  const unknown = words.filter((word) => !known.some((each) => each === word));
  if (unknown.length > 0) throw new Error(`no ${what} ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return known.filter((each) => words.includes(each));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The process' use, and what it had the server do. */
async function withServer<T extends Usage>(
  warehouse: BenchWarehouse,
  measure: () => Promise<T>,
): Promise<T & { readonly serverCpu: number | null }> {
  await warehouse.settle();
  const before = await warehouse.serverCpu();
  const measured = await measure();
  const after = await warehouse.serverCpu();
  return { ...measured, serverCpu: before === null || after === null ? null : after - before };
}

async function stageAlone(warehouse: BenchWarehouse, stage: string, job: Job): Promise<number> {
  const seconds: number[] = [];
  const args = [stage, String(job.rows), warehouse.kind, warehouse.address(job), job.model];
  for (let i = 0; i < Math.min(runs, 3); i++) {
    const { stdout } = await withServer(warehouse, () => measureNode('bench/stages.js', args));
    seconds.push((JSON.parse(stdout) as { seconds: number }).seconds);
  }
  return median(seconds);
}

async function measureJob(
  warehouse: BenchWarehouse,
  job: Job,
  peers: readonly string[],
  python: string | null,
): Promise<JobResult> {
  await warehouse.begin(job, peers);
  const ours: (Measured & { serverCpu: number | null })[] = [];
  const theirs = new Map<string, (Usage & { serverCpu: number | null })[]>(peers.map((peer) => [peer, []]));
  const run = ['run', warehouse.targetOf(job), '--project-dir', warehouse.project, '--json'];
  const measureOne = (peer: string) =>
    withServer(warehouse, () => measurePeer(python ?? '', warehouse.peerCommand(peer, job, cores)));
  const inTurn = peers.filter((peer) => warehouse.peers[peer]?.once !== true);
  for (let i = 0; i <= runs; i++) {
    const measured = await withServer(warehouse, () => measureNode('bundle/main.js', run));
    // The first round warms the page cache and is not counted; under merge it is the one that inserts.
    if (i > 0) ours.push(measured);
    for (const peer of inTurn) {
      const usage = await measureOne(peer);
      if (i > 0) theirs.get(peer)?.push(usage);
    }
  }
  for (const peer of peers.filter((each) => !inTurn.includes(each))) {
    theirs.get(peer)?.push(await measureOne(peer));
  }
  const alone = {
    read: await stageAlone(warehouse, 'read', job),
    score: await stageAlone(warehouse, 'score', job),
    load: await stageAlone(warehouse, 'load', job),
  };
  return { job, cores, ours, theirs, alone };
}

async function openWarehouse(): Promise<BenchWarehouse> {
  const [kind] = choose(options.warehouse, ['duckdb', 'postgres'], 'warehouse');
  return kind === 'postgres' ? openPostgresBench() : openDuckdbBench();
}

await using warehouse = await openWarehouse();
const models: readonly ModelName[] = choose(options.models, MODELS, 'model');
const chosen: readonly Strategy[] = choose(options.strategies, STRATEGIES, 'strategy');
const strategies = chosen.filter((strategy) => warehouse.strategies.includes(strategy));
const wanted = choose(options.peers, Object.keys(warehouse.peers), 'peer');
const python = wanted.length > 0 ? await makePeerPython() : null;
say(
  `# ${cpus()[0]?.model ?? 'unknown CPU'}, ${cores} cores, node ${process.version}, medians of ${runs} runs after one warm-up`,
);
if (warehouse.about !== null) say(`\n${warehouse.about}\n`);
if (python === null && wanted.length > 0)
  say('\nNO PEER: there is no python3 with venv here, so the Python stack was not measured');
const peers = python === null ? [] : wanted;
for (const peer of peers) {
  const { about, once } = warehouse.peers[peer] ?? { about: '' };
  say(`- Python, ${peer}: ${about}${once ? '; measured once' : ''}`);
}
for (const model of models) {
  for (const strategy of strategies) {
    for (const rows of options.rows.split(',').map(Number)) {
      say(renderResult(await measureJob(warehouse, { model, strategy, rows }, peers, python)));
    }
  }
}
