import { arch, cpus, platform, totalmem } from 'node:os';
import { isScoringError } from '../../contract/index.js';
import { auditWarehouse } from '../../run/access/audit.js';
import { type Finding, good, lack, toFinding } from '../../run/access/finding.js';
import { countCores } from '../../score/cores.js';
import { chooseTargets, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, SelectionArgs } from '../options.js';
import { toCell, toJson } from '../output/text.js';
import { readVersion } from '../version.js';

/**
 * Looks at the machine, the engine, the warehouse, and the rights that targets need there. Exit code 6 when something
 * is missing.
 */
export async function doctor(args: SelectionArgs, env: CommandEnv): Promise<number> {
  const findings: readonly Finding[] = [
    good('scorehouse', readVersion()),
    good('node', `${process.version} on ${platform()} ${arch()}`),
    good('cpu', `${cpus()[0]?.model ?? 'unknown'}, ${countCores()} cores usable`),
    good('memory', `${Math.round(totalmem() / 1024 ** 3)} GiB`),
    ...(await attempt('onnxruntime', checkEngine)),
    ...(await attempt('warehouse', () => checkWarehouse(args, env))),
  ];
  if (args.json === true) env.stdout.write(`${toJson({ findings }, 2)}\n`);
  else for (const finding of findings) env.stdout.write(renderFinding(finding));
  return findings.every(({ ok }) => ok) ? 0 : 6;
}

function renderFinding({ check, ok, finding, fix }: Finding): string {
  const lines = [...finding.split('\n'), ...(fix === undefined ? [] : [`next: ${fix}`])];
  return `${ok ? 'ok  ' : 'FAIL'}  ${check.padEnd(12)} ${lines.map(toCell).join('\n      ')}\n`;
}

async function attempt(check: string, work: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await work();
  } catch (error) {
    if (isScoringError(error)) return [toFinding(check, error)];
    return [lack(check, error instanceof Error ? error.message : String(error))];
  }
}

async function checkEngine(): Promise<readonly Finding[]> {
  const { env, listSupportedBackends } = await import('onnxruntime-node');
  const backends = listSupportedBackends().map(({ name }) => name);
  const version = env.versions.node ?? 'unknown';
  return [good('onnxruntime', `onnxruntime-node ${version}, providers: ${backends.join(', ')}`)];
}

async function checkWarehouse(args: SelectionArgs, env: CommandEnv): Promise<readonly Finding[]> {
  const loaded = await loadContext(args, env);
  const session = await openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  await using _adapter = session.adapter;
  const { project, warehouse, adapter, ledger } = session;
  const targets = chooseTargets(loaded, args);
  const scope = { project, warehouse, sql: ledger.sql, all: loaded.targets, targets };
  const opens = `${warehouse.name} (${adapter.kind}) opens; ${targets.length} targets`;
  return [good('warehouse', opens), ...(await auditWarehouse(scope, adapter, ledger, env.signal))];
}
