import { type RepointRequest, repointTarget } from '../../run/repoint-target.js';
import { findTarget, loadContext, openSession } from '../context.js';
import type { CommandEnv, ProjectArgs } from '../options.js';
import { toJson } from '../output/text.js';
import { readVersion } from '../version.js';

export interface PromoteArgs extends ProjectArgs {
  readonly target: string;
  /** Of the version. */
  readonly number: number;
}

export interface RollbackArgs extends ProjectArgs {
  readonly target: string;
  readonly to?: number;
}

/** Makes a version live. */
export async function promote(args: PromoteArgs, env: CommandEnv): Promise<number> {
  return repoint(args, env, { kind: 'promote', version: args.number });
}

/** Makes the previous publish's version live again, or the one that `--to` names. */
export async function rollback(args: RollbackArgs, env: CommandEnv): Promise<number> {
  return repoint(args, env, { kind: 'rollback', version: args.to ?? null });
}

async function repoint(
  args: ProjectArgs & { readonly target: string },
  env: CommandEnv,
  request: RepointRequest,
): Promise<number> {
  const loaded = await loadContext(args, env);
  const target = findTarget(loaded, args.target);
  const session = await openSession(loaded, args, env, { write: true, lockWaitMs: 0 });
  await using _adapter = session.adapter;
  const receipt = await repointTarget(session, target, request, `scorehouse ${readVersion()}`, env.signal);
  const { version, publishSeq } = receipt;
  if (args.json === true) {
    env.stdout.write(
      `${toJson({ target: target.name, kind: request.kind, version, publish_seq: publishSeq })}\n`,
    );
  } else
    env.stdout.write(`${target.name}: version ${version} is live (publish ${publishSeq}, ${request.kind})\n`);
  return 0;
}
