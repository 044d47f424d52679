import { assertVerified, verifyTarget } from '../../run/verify-target.js';
import { findTarget, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, ProjectArgs } from '../options.js';
import { renderTable, toJson } from '../output/text.js';

export interface VerifyArgs extends ProjectArgs {
  readonly target: string;
  /** Of the version; the live one's where left out. */
  readonly number?: number;
}

/** Compares a version's table with what its run recorded. */
export async function verify(args: VerifyArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const target = findTarget(loaded, args.target);
  const session = await openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  await using _adapter = session.adapter;
  const report = await verifyTarget(session, target, args.number ?? null, env.signal);
  if (args.json === true) {
    // A mismatch is told with the same report in the error's details: one document either way.
    assertVerified(report);
    env.stdout.write(`${toJson(report)}\n`);
    return 0;
  }
  const { version, table, recorded, found } = report;
  env.stdout.write(`${report.target}: version ${version} in ${table}, published by run ${report.run_id}\n`);
  const cells = ([name, facts]: readonly [string, typeof found]) => [
    name,
    facts.rows,
    facts.key_hash,
    facts.value_hash,
  ];
  env.stdout.write(
    renderTable(
      ['', 'rows', 'key hash', 'value hash'],
      [cells(['recorded', recorded]), cells(['found', found])],
    ),
  );
  assertVerified(report);
  env.stdout.write('verified\n');
  return 0;
}
