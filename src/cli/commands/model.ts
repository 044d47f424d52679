import type { LintFinding } from '../../model/lint/finding.js';
import { lintModelFile } from '../../model/lint-file.js';
import { newFetcher } from '../../run/fetcher.js';
import { inspectModel } from '../../run/inspect-model.js';
import { toNamedModel } from '../model-place.js';
import type { CommandEnv } from '../options.js';
import { renderInspection, toInspectionDocument } from '../output/inspection.js';
import { toCell, toJson } from '../output/text.js';
import { draftFeatures } from '../propose-columns.js';
import { renderTargetDraft, toTargetName } from '../target-draft.js';
import { type GoldenArgs, golden } from './model-golden.js';

export interface ModelArgs extends Omit<GoldenArgs, 'target'> {
  readonly action: 'inspect' | 'lint' | 'golden';
  /** A file or an address, which needs no project; for `golden` a target. */
  readonly of: string;
}

/** Looks at a model's file, or makes a target's golden rows. */
export async function model({ action, of, ...args }: ModelArgs, env: CommandEnv): Promise<number> {
  switch (action) {
    case 'lint':
      return lint({ file: of, json: args.json }, env);
    case 'inspect':
      return inspect({ file: of, json: args.json }, env);
    case 'golden':
      return golden({ ...args, target: of }, env);
  }
}

interface FileArgs {
  readonly file: string;
  readonly json: boolean | undefined;
}

/** Tells what is to be known of a model. Exit code 2 where a run would refuse it. */
async function lint({ file, json }: FileArgs, env: CommandEnv): Promise<number> {
  const { place, uri } = toNamedModel(file, env.cwd);
  const findings = await lintModelFile(place, newFetcher(env.env, env.signal, env.network));
  const usable = findings.every(({ severity }) => severity !== 'error');
  if (json === true) env.stdout.write(`${toJson({ file: uri, usable, findings }, 2)}\n`);
  else env.stdout.write(renderFindings(uri, findings));
  return usable ? 0 : 2;
}

function renderFindings(file: string, findings: readonly LintFinding[]): string {
  const count = (severity: LintFinding['severity']) =>
    findings.filter((finding) => finding.severity === severity).length;
  const counted = (['error', 'warning', 'note'] as const)
    .filter((severity) => count(severity) > 0)
    .map((severity) => `${count(severity)} ${severity}${count(severity) === 1 ? '' : 's'}`);
  const heading = `${toCell(file)}: ${counted.join(', ') || 'nothing to tell'}\n`;
  return (
    heading +
    findings
      .map(
        ({ code, severity, where, message, fix }) =>
          `\n${severity.padEnd(7)}  ${code}: ${toCell(where)}\n         ${toCell(message)}\n         next: ${toCell(fix)}\n`,
      )
      .join('')
  );
}

/** Tells what goes in and out, and a target to begin with. */
async function inspect({ file, json }: FileArgs, env: CommandEnv): Promise<number> {
  const { place, uri } = toNamedModel(file, env.cwd);
  const inspection = await inspectModel(place, uri, newFetcher(env.env, env.signal, env.network));
  const draft = {
    name: toTargetName(inspection.manifest.files[0]?.path ?? ''),
    table: 'main.inputs',
    tableDoubt: 'the table with the features; or sql: select …',
    key: ['id'],
    keyDoubt: 'one or more columns that tell rows apart',
    features: draftFeatures(inspection, null),
  };
  const target = renderTargetDraft(draft, inspection);
  if (json === true) env.stdout.write(`${toJson({ ...toInspectionDocument(inspection), target }, 2)}\n`);
  else env.stdout.write(`${renderInspection(inspection)}\ntargets/${draft.name}.yml\n\n${target}`);
  return 0;
}
