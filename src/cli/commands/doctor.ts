import { arch, cpus, platform, totalmem } from 'node:os';
import { isScoringError } from '../../contract/index.js';
import { LEDGER_NUMBER, readLedgerNumber } from '../../ledger/migrate.js';
import { countCores } from '../../score/cores.js';
import { loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, ProjectArgs } from '../options.js';
import { toCell, toJson } from '../output/text.js';
import { readVersion } from '../version.js';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly finding: string;
}

/** Looks at the machine, the engine and the warehouse. Exit code 6 when something is missing. */
export async function doctor(args: ProjectArgs, env: CommandEnv): Promise<number> {
  const findings: Finding[] = [
    { check: 'scorehouse', ok: true, finding: readVersion() },
    { check: 'node', ok: true, finding: `${process.version} on ${platform()} ${arch()}` },
    { check: 'cpu', ok: true, finding: `${cpus()[0]?.model ?? 'unknown'}, ${countCores()} cores usable` },
    { check: 'memory', ok: true, finding: `${Math.round(totalmem() / 1024 ** 3)} GiB` },
    await attempt('onnxruntime', checkEngine),
    await attempt('warehouse', () => checkWarehouse(args, env)),
  ];
  if (args.json === true) env.stdout.write(`${toJson({ findings }, 2)}\n`);
  else {
    for (const { check, ok, finding } of findings) {
      env.stdout.write(
        `${ok ? 'ok  ' : 'FAIL'}  ${check.padEnd(12)} ${finding.split('\n').map(toCell).join('\n      ')}\n`,
      );
    }
  }
  return findings.every(({ ok }) => ok) ? 0 : 6;
}

async function attempt(check: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, finding: await work() };
  } catch (error) {
    const hint = isScoringError(error) && error.hint !== undefined ? `\nnext: ${error.hint}` : '';
    return { check, ok: false, finding: `${error instanceof Error ? error.message : String(error)}${hint}` };
  }
}

async function checkEngine(): Promise<string> {
  const { env, listSupportedBackends } = await import('onnxruntime-node');
  const backends = listSupportedBackends().map(({ name }) => name);
  return `onnxruntime-node ${env.versions.node ?? 'unknown'}, providers: ${backends.join(', ')}`;
}

async function checkWarehouse(args: ProjectArgs, env: CommandEnv): Promise<string> {
  const loaded = await loadContext(args, env);
  const session = await openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  await using _adapter = session.adapter;
  const number = await readLedgerNumber(session.ledger, env.signal);
  const ledger = number === null ? 'no ledger yet' : `ledger at migration ${number} of ${LEDGER_NUMBER}`;
  return `${session.warehouse.name} (${session.adapter.kind}) opens; ${ledger}; ${loaded.targets.length} targets`;
}
