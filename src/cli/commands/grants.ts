import { loadAdapter } from '../../../adapters/index.js';
import { isScoringError, ScoringError, type WarehouseIdentity } from '../../contract/index.js';
import { buildFileAdvice } from '../../run/access/file-advice.js';
import { type Grantee, type GrantsScript, makeGrants } from '../../run/access/grants.js';
import type { WarehouseSession } from '../../run/session.js';
import { newRenderer } from '../../sql/renderer.js';
import { chooseTargets, findWarehouse, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, SelectionArgs } from '../options.js';
import { renderScript } from '../output/script.js';
import { toJson } from '../output/text.js';

export interface GrantsArgs extends SelectionArgs {
  readonly role: Grantee;
  readonly to?: string;
}

/** Prints what a warehouse's administrator runs once, so that scorehouse has the rights that it needs and no more. */
export async function grants(args: GrantsArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const { project } = loaded;
  const warehouse = findWarehouse(loaded, args);
  const definition = await loadAdapter(warehouse.kind);
  const identity = definition.identify(warehouse.config.reveal() as never, project.dir);
  const notes: string[] = [];
  const make = async (): Promise<GrantsScript> => {
    if (identity.user === null) return { service: null, parts: [buildFileAdvice(identity.database)] };
    const open = () => openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
    const session = await open().catch((error) => tellUnreachable(error, notes));
    await using _adapter = session?.adapter;
    const targets = chooseTargets(loaded, args);
    const sql = session?.ledger.sql ?? newRenderer(identity.dialect);
    const scope = { project, warehouse, sql, all: loaded.targets, targets };
    const request = { grantee: args.role, to: assertRole(args.to) };
    return await makeGrants(scope, identity, session?.ledger ?? null, request, env.signal);
  };
  const script = await make();
  const { name, kind } = warehouse;
  const document = { warehouse: name, type: kind, database: identity.database, ...script, notes };
  env.stdout.write(
    args.json === true
      ? `${toJson(document, 2)}\n`
      : renderScript(title(name, identity, script), notes, script),
  );
  return 0;
}

/** A role that is not there yet cannot connect: what it needs can be told all the same. */
function tellUnreachable(error: unknown, notes: string[]): WarehouseSession | null {
  if (!isScoringError(error) || !['PERMISSION', 'ENVIRONMENT', 'CONNECTION'].includes(error.code))
    throw error;
  notes.push(
    `The warehouse could not be asked what queries read: ${error.message}`,
    'With --warehouse of an administrator and --to <role>, sources would be named here.',
  );
  return null;
}

function assertRole(to: string | undefined): string | null {
  if (to === undefined) return null;
  if (to.trim() !== '') return to;
  throw new ScoringError('--to is empty', {
    code: 'USAGE',
    stage: 'cli',
    hint: 'Name a role of the warehouse.',
  });
}

function title(warehouse: string, { database }: WarehouseIdentity, { service }: GrantsScript): string {
  const whose = service === null ? '' : `, for the role ${service} that scorehouse runs as`;
  return `Rights in ${database}, the warehouse ${warehouse} of scorehouse.yml${whose}.`;
}
