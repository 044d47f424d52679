import { readLedgerNumber } from '../../ledger/migrate.js';
import { readPublishRows, readVersions } from '../../ledger/versions.js';
import { findTarget, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, ProjectArgs } from '../options.js';
import { renderTable, toJson } from '../output/text.js';

export interface VersionsArgs extends ProjectArgs {
  readonly target: string;
}

/** The versions of a target and what was published when. */
export async function versions(args: VersionsArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const target = findTarget(loaded, args.target);
  const { adapter, ledger } = await openSession(loaded, args, env, {
    write: false,
    lockWaitMs: POLITE_WAIT_MS,
  });
  await using _adapter = adapter;
  const found = (await readLedgerNumber(ledger, env.signal)) !== null;
  const records = found ? await readVersions(ledger, target.name, env.signal) : [];
  const publishes = found ? await readPublishRows(ledger, target.name, 100, env.signal) : [];
  if (args.json === true) {
    env.stdout.write(`${toJson({ target: target.name, versions: records, publishes }, 2)}\n`);
    return 0;
  }
  const rows = records.map((record) => [
    record.version,
    record.state,
    record.relation,
    record.modelSha256?.slice(0, 12),
  ]);
  env.stdout.write(renderTable(['version', 'state', 'table', 'model'], rows));
  const headings = ['publish_seq', 'version', 'kind', 'rows', 'published_at'];
  env.stdout.write(
    `\n${renderTable(
      headings,
      publishes.map((row) => headings.map((name) => row[name])),
    )}`,
  );
  return 0;
}
