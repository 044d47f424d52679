import { resolve } from 'node:path';
import { loadAdapter, WAREHOUSE_SCHEMAS } from '../../adapters/index.js';
import {
  findProjectDir,
  type LoadedProject,
  type LoadOptions,
  loadProject,
  type ResolvedTarget,
  type ResolvedWarehouse,
  selectTargets,
} from '../config/index.js';
import { ScoringError } from '../contract/index.js';
import { newFetcher } from '../run/fetcher.js';
import { newSession, type WarehouseSession } from '../run/session.js';
import { countCores } from '../score/cores.js';
import type { CommandEnv, ProjectArgs, SelectionArgs } from './options.js';

/** Memory of a target's budget that the warehouse's engine may take; the rest is for chunks and sessions. */
const ENGINE_SHARE = 1 / 8;
const MIN_ENGINE_BYTES = 128 * 1024 ** 2;
const DEFAULT_MEMORY_BYTES = 1024 ** 3;

/** How long commands that only read wait for a locked DuckDB file. */
export const POLITE_WAIT_MS = 10_000;

/** Reads the project that the arguments name, and its targets unless told otherwise. */
export async function loadContext(
  args: ProjectArgs,
  env: CommandEnv,
  options: Pick<LoadOptions, 'withoutTargets'> = {},
): Promise<LoadedProject> {
  const dir = args.projectDir === undefined ? findProjectDir(env.cwd) : resolve(env.cwd, args.projectDir);
  if (dir === null) {
    throw new ScoringError('no scorehouse.yml here or in a folder above', {
      code: 'CONFIG_INVALID',
      stage: 'config',
      hint: 'Make one with `scorehouse init`, or name its folder with --project-dir.',
    });
  }
  const loaded = await loadProject(dir, {
    env: env.env,
    warehouseSchemas: WAREHOUSE_SCHEMAS,
    varOverrides: parseVars(args.var ?? []),
    ...options,
    ...(args.warehouse === undefined ? {} : { warehouse: args.warehouse }),
  });
  for (const secret of loaded.project.secrets) env.redactor.add(secret);
  return loaded;
}

/** The targets that the arguments select. */
export function chooseTargets(loaded: LoadedProject, args: SelectionArgs): readonly ResolvedTarget[] {
  return selectTargets(loaded.targets, {
    names: args.targets ?? [],
    select: args.select ?? [],
    exclude: args.exclude ?? [],
  });
}

/** The target of that name. */
export function findTarget(loaded: LoadedProject, name: string): ResolvedTarget {
  const [target] = selectTargets(loaded.targets, { names: [name], select: [], exclude: [] });
  if (target === undefined) throw new ScoringError(`no target ${name}`, { code: 'USAGE', stage: 'cli' });
  return target;
}

/** The warehouse that the arguments name. */
export function findWarehouse({ project }: LoadedProject, args: ProjectArgs): ResolvedWarehouse {
  const name = args.warehouse ?? project.defaultWarehouse;
  const warehouse = project.warehouses.get(name);
  if (warehouse === undefined) {
    throw new ScoringError(`no warehouse "${name}" in scorehouse.yml`, {
      code: 'USAGE',
      stage: 'cli',
      hint: `It has ${[...project.warehouses.keys()].join(', ')}.`,
    });
  }
  return warehouse;
}

export interface OpenOptions {
  readonly write: boolean;
  readonly lockWaitMs: number;
}

/** Opens the warehouse that the arguments name. The caller closes `session.adapter`. */
export async function openSession(
  loaded: LoadedProject,
  args: ProjectArgs,
  env: CommandEnv,
  options: OpenOptions,
): Promise<WarehouseSession> {
  const { project } = loaded;
  const warehouse = findWarehouse(loaded, args);
  const definition = await loadAdapter(warehouse.kind);
  const cores = countCores();
  const memory =
    Math.max(...loaded.targets.map(({ resources }) => resources.memoryBytes), 0) || DEFAULT_MEMORY_BYTES;
  const context = {
    projectDir: project.dir,
    files: loaded.targets.flatMap(({ source }) =>
      source.kind === 'file' ? [resolve(project.dir, source.path)] : [],
    ),
    memoryBytes: Math.max(memory * ENGINE_SHARE, MIN_ENGINE_BYTES),
    cores,
    ...(env.patience?.outcomeWaitMs === undefined ? {} : { outcomeWaitMs: env.patience.outcomeWaitMs }),
    ...options,
  };
  const adapter = await definition.open(warehouse.config.reveal() as never, context, env.signal);
  return newSession(project, warehouse, adapter, cores, newFetcher(env.env, env.signal, env.network));
}

function parseVars(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new ScoringError(`--var ${text}: expected name=value`, { code: 'USAGE', stage: 'cli' });
    }),
  );
}
