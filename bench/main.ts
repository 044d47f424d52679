import { copyFile, rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { countCores } from '../src/score/cores.js';
import { MODELS, type ModelName, makeData, makeProject, WORK } from './data.js';
import { type Measured, measureNode, median, medianUsage, type Usage } from './measure.js';
import { makePeer, measurePeer, PEERS, type PeerName } from './peer.js';

/**
 * Speed of a whole run against its limit and beside the same job in Python, every process measured whole and in turn:
 * `npm run bench -- --rows 1000000,10000000 --models linear,lightgbm --runs 5`.
 */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000,10000000' },
    models: { type: 'string', default: MODELS.join(',') },
    runs: { type: 'string', default: '5' },
    peers: { type: 'string', default: Object.keys(PEERS).join(',') },
  },
});
const cores = countCores();
const runs = Number(options.runs);
const project = join(WORK, 'project');
const database = join(project, 'warehouse.duckdb');
const peerDatabase = join(WORK, 'peer.duckdb');

interface RunEventLine {
  readonly event: string;
  readonly time: string;
}

/** Seconds between two events of a run. */
function between(events: readonly RunEventLine[], from: string, to: string): number {
  const at = (name: string) => Date.parse(events.findLast(({ event }) => event === name)?.time ?? '');
  return (at(to) - at(from)) / 1000;
}

async function stageAlone(stage: string, rows: number, model: ModelName): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < Math.min(runs, 3); i++) {
    const { stdout } = await measureNode('bench/stages.js', [stage, String(rows), database, model]);
    seconds.push((JSON.parse(stdout) as { seconds: number }).seconds);
  }
  return median(seconds);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function row(name: string, usage: Usage, note = ''): string {
  return `| ${name} | ${usage.wall.toFixed(2)} | ${usage.cpu.toFixed(2)} | ${usage.rssMb.toFixed(0)} | ${note} |`;
}

async function bench(rows: number, model: ModelName, python: string | null): Promise<void> {
  const input = await makeData(rows);
  await copyFile(input, database);
  const peers = python === null ? [] : (options.peers.split(',').filter(Boolean) as PeerName[]);
  if (peers.length > 0) await copyFile(input, peerDatabase);
  const ours: Measured[] = [];
  const theirs = new Map<PeerName, Usage[]>(peers.map((peer) => [peer, []]));
  for (let i = 0; i <= runs; i++) {
    const measured = await measureNode('bundle/main.js', ['run', model, '--project-dir', project, '--json']);
    // The first round warms the page cache and is not counted.
    if (i > 0) ours.push(measured);
    for (const peer of peers) {
      const usage = await measurePeer(python as string, peer, model, peerDatabase, cores);
      if (i > 0) theirs.get(peer)?.push(usage);
    }
  }
  const events = ours.map(({ stdout }) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEventLine),
  );
  const gate = median(events.map((lines) => between(lines, 'staged', 'published')));
  const inside = median(events.map((lines) => between(lines, 'run_started', 'run_finished')));
  const read = await stageAlone('read', rows, model);
  const score = await stageAlone('score', rows, model);
  const load = await stageAlone('load', rows, model);
  const whole = medianUsage(ours);
  const limit = Math.max(read, score, load, whole.cpu / cores) + gate;

  say(`\n## ${model}, ${rows.toLocaleString('en-US')} rows\n`);
  say('| whole process | wall s | CPU s | peak MB | ratio of walls |\n|---|---|---|---|---|');
  say(row('scorehouse', whole));
  for (const peer of peers) {
    const usages = theirs.get(peer) ?? [];
    const ratios = ours.map(({ wall }, i) => wall / (usages[i]?.wall ?? Number.NaN));
    say(row(`Python, ${peer}`, medianUsage(usages), `scorehouse / it = ${median(ratios).toFixed(2)}`));
  }
  say(
    `\nalone: read ${read.toFixed(2)} s, score ${score.toFixed(2)} s, load ${load.toFixed(2)} s; CPU / cores ${(whole.cpu / cores).toFixed(2)} s; gate and publish ${gate.toFixed(2)} s`,
  );
  say(
    `limit ${limit.toFixed(2)} s; the run ${inside.toFixed(2)} s = ${(inside / limit).toFixed(2)} x, the process ${whole.wall.toFixed(2)} s = ${(whole.wall / limit).toFixed(2)} x`,
  );
}

await rm(project, { recursive: true, force: true });
await makeProject(project);
const python = await makePeer();
say(
  `# ${cpus()[0]?.model ?? 'unknown CPU'}, ${cores} cores, node ${process.version}, medians of ${runs} runs after one warm-up`,
);
if (python === null)
  say('\nNO PEER: there is no python3 with venv here, so the Python stack was not measured');
else for (const [name, text] of Object.entries(PEERS)) say(`- Python, ${name}: ${text}`);
for (const model of options.models.split(',') as ModelName[]) {
  for (const rows of options.rows.split(',').map(Number)) await bench(rows, model, python);
}
