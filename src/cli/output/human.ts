import type { FeatureCounted, PlanSummary, RunEvent, StampedEvent } from '../../observe/events.js';
import type { CommandEnv } from '../options.js';
import { ProgressBar } from './progress.js';
import { formatBytes, formatCount, formatSeconds, toCell } from './text.js';

/** Tells a run's events to a person. Errors go to stderr, everything else to stdout. */
export function newHumanReporter(env: CommandEnv): (event: StampedEvent) => void {
  const bar = new ProgressBar(env.stdout);
  const say = (text: string) => {
    bar.end();
    env.stdout.write(`${text.split('\n').map(toCell).join('\n')}\n`);
  };
  return (event) => {
    switch (event.event) {
      case 'run_started':
        return say(`${event.target}  run ${event.run_id}`);
      case 'redrive':
        return say(`  redrive    ${formatCount(event.rows)} rows that run ${event.rejected_by} rejected`);
      case 'planned':
        return say(renderPlan(event.plan));
      case 'resumable_abandoned':
        return say(`  found run ${event.abandoned} unfinished; not gone on with: ${event.reason}`);
      case 'resumed':
        return say(renderResumed(event));
      case 'golden':
        return say(`  golden     ${formatCount(event.rows)} rows of ${event.file} scored as expected`);
      case 'frozen':
        return say(`  input frozen in ${event.relation}`);
      case 'chunks_loaded':
        bar.show(event.rows_loaded, event.rows_total, event.rows_per_second);
        return;
      case 'staged':
        return say(renderStaged(event));
      case 'features':
        return say(event.counts.map(renderFeature).join('\n'));
      case 'gate':
        return say(renderGate(event.checks));
      case 'published':
        return say(
          `  published  ${event.relation} is version ${event.version} (publish ${event.publish_seq})`,
        );
      case 'dropped':
        return say(`  dropped    version ${event.versions.join(', ')} (keep_versions)`);
      case 'retry':
        return say(renderRetry(event));
      case 'warning':
        bar.end();
        env.stderr.write(`warning: ${toCell(event.message)}\n`);
        return;
      case 'run_failed':
        bar.end();
        env.stderr.write(renderFailure(event.code, event.stage, event.message, event.hint));
        return;
      case 'run_finished':
        return say(`  ${event.state} in ${formatSeconds(event.seconds)}, exit code ${event.exit_code}`);
    }
  };
}

export function renderPlan(plan: PlanSummary): string {
  const version =
    plan.live_version === null
      ? 'the first version'
      : `a new version, in place of version ${plan.live_version}`;
  return [
    `  plan       ${formatCount(plan.rows)} rows, ${formatBytes(plan.bytes)}, about ${formatSeconds(plan.seconds)}; ${plan.paging}, ${plan.snapshot} snapshot, chunks of ${formatCount(plan.chunk_rows)}, ${plan.workers} workers`,
    `  model      ${toCell(plan.model)} (${plan.model_version}) -> ${plan.outputs.map(toCell).join(', ')}`,
    `  into       ${toCell(plan.view)}; ${version}`,
  ].join('\n');
}

function renderResumed(event: Extract<StampedEvent, { event: 'resumed' }>): string {
  const { from, rows, chunks, idle_seconds: idle, chunk_rows: chunkRows, run_id: runId } = event;
  const there = `${formatCount(rows)} rows in ${chunks} chunks`;
  const rest = from === 'staged' ? 'all that it read; none is scored again' : 'these are not scored again';
  const smaller =
    chunkRows === undefined ? '' : `; chunks of ${formatCount(chunkRows)} rows from here on, since it died`;
  return `  resuming run ${runId}, unfinished for ${formatSeconds(idle)}: ${there} are staged, ${rest}${smaller} (--restart reads anew)`;
}

function renderStaged({ rows, relation, workers }: Extract<RunEvent, { event: 'staged' }>): string {
  const { crashed, recycled, peak_bytes: peak } = workers;
  const told = [
    ...(crashed > 0 ? [`${crashed} workers crashed`] : []),
    ...(recycled > 0
      ? [`${recycled} workers were replaced as their memory grew to ${formatBytes(peak)}`]
      : []),
  ].join(', ');
  return `  staged     ${formatCount(rows)} rows in ${relation}${told === '' ? '' : `; ${told}`}`;
}

/** What became of a feature's values, in words. */
const ACTIONS: Readonly<Record<string, string>> = {
  nan: 'NaN in their place',
  value: 'replaced',
  pass: 'passed on',
  quarantine: 'rejected',
};

function renderFeature({ feature, reason, action, rows }: FeatureCounted): string {
  const name = feature === null ? '' : `${toCell(feature)} `;
  return `  feature    ${name}${reason}: ${formatCount(rows)} rows ${ACTIONS[action] ?? action}`;
}

function renderGate(checks: Extract<RunEvent, { event: 'gate' }>['checks']): string {
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length === 0) {
    const notes = checks.flatMap(({ name, note }) =>
      note === undefined ? [] : [`  note       ${toCell(name)}: ${toCell(note)}`],
    );
    const names = checks.map(({ name }) => toCell(name)).join(', ');
    return [`  gate       ${checks.length} checks passed: ${names}`, ...notes].join('\n');
  }
  return failed
    .map(({ name, finding }) => `  gate       ${toCell(name)} failed: ${toCell(finding)}`)
    .join('\n');
}

function renderRetry({
  what,
  attempt,
  wait_ms,
  code,
  message,
}: Extract<RunEvent, { event: 'retry' }>): string {
  const wait = `again in ${(wait_ms / 1000).toFixed(1)} s`;
  const [first = ''] = message.split('\n');
  return `  retry      ${what} failed (attempt ${attempt}), ${wait}: ${code} ${toCell(first)}`;
}

/** An error in the words that every command uses. */
export function renderFailure(code: string, stage: string, message: string, hint?: string): string {
  const lines = message.split('\n').map(toCell);
  const next = hint === undefined ? '' : `  next: ${hint.split('\n').map(toCell).join('\n  ')}\n`;
  return `error ${code} (${stage}): ${lines.join('\n  ')}\n${next}`;
}
