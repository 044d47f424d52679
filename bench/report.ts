import { type Measured, median, medianUsage, type Usage } from './measure.js';
import type { Job } from './warehouse.js';

/** What a process used, and its server; null where there is none. */
interface ServedUsage extends Usage {
  readonly serverCpu: number | null;
}

/** All that was measured of a job. */
export interface JobResult {
  readonly job: Job;
  readonly cores: number;
  readonly ours: readonly (Measured & ServedUsage)[];
  /** By peer, in the order of `ours` where it was measured in every round. */
  readonly theirs: ReadonlyMap<string, readonly ServedUsage[]>;
  /** Seconds of each stage alone. */
  readonly alone: { readonly read: number; readonly score: number; readonly load: number };
}

interface RunEventLine {
  readonly event: string;
  readonly time: string;
}

/** The result as Markdown. */
export function renderResult({ job, cores, ours, theirs, alone }: JobResult): string {
  const events = ours.map(({ stdout }) => toEvents(stdout));
  const gate = median(events.map((lines) => between(lines, 'staged', 'published')));
  const inside = median(events.map((lines) => between(lines, 'run_started', 'run_finished')));
  const whole = medianUsage(ours);
  const serverCpu = medianServerCpu(ours);
  const allCpu = (whole.cpu + (serverCpu ?? 0)) / cores;
  const limit = Math.max(alone.read, alone.score, alone.load, allCpu) + gate;
  const served = serverCpu !== null;
  const rows = [
    renderRow('scorehouse', whole, serverCpu, ''),
    ...[...theirs].map(([peer, usages]) =>
      renderRow(
        `Python, ${peer}`,
        medianUsage(usages),
        medianServerCpu(usages),
        `scorehouse / it = ${median(ratios(ours, usages)).toFixed(2)}`,
      ),
    ),
  ];
  return `
## ${job.model}, ${job.strategy}, ${job.rows.toLocaleString('en-US')} rows

| whole process | wall s | CPU s |${served ? ' server CPU s |' : ''} peak MB | ratio of walls |
|---|---|---|---|---|${served ? '---|' : ''}
${rows.join('\n')}

alone: read ${alone.read.toFixed(2)} s, score ${alone.score.toFixed(2)} s, load ${alone.load.toFixed(2)} s; CPU / cores ${allCpu.toFixed(2)} s; gate and publish ${gate.toFixed(2)} s
limit ${limit.toFixed(2)} s; the run ${inside.toFixed(2)} s = ${(inside / limit).toFixed(2)} x, the process ${whole.wall.toFixed(2)} s = ${(whole.wall / limit).toFixed(2)} x`;
}

function toEvents(stdout: string): readonly RunEventLine[] {
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as RunEventLine);
}

/** Seconds between two events of a run. */
function between(events: readonly RunEventLine[], from: string, to: string): number {
  const at = (name: string) => Date.parse(events.findLast(({ event }) => event === name)?.time ?? '');
  return (at(to) - at(from)) / 1000;
}

/** Ours by theirs, round by round; one measured once stands beside each of ours. */
function ratios(ours: readonly Usage[], theirs: readonly Usage[]): readonly number[] {
  return ours.map(({ wall }, i) => wall / ((theirs[i] ?? theirs[0])?.wall ?? Number.NaN));
}

function medianServerCpu(usages: readonly ServedUsage[]): number | null {
  const seconds = usages.flatMap(({ serverCpu }) => (serverCpu === null ? [] : [serverCpu]));
  return seconds.length === 0 ? null : median(seconds);
}

function renderRow(name: string, usage: Usage, serverCpu: number | null, note: string): string {
  const server = serverCpu === null ? '' : ` ${serverCpu.toFixed(2)} |`;
  return `| ${name} | ${usage.wall.toFixed(2)} | ${usage.cpu.toFixed(2)} |${server} ${usage.rssMb.toFixed(0)} | ${note} |`;
}
