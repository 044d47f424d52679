import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { ScoringError } from '../../contract/index.js';
import type { CommandEnv } from '../options.js';
import { SCAFFOLD } from '../scaffold.js';
import { fillDemo } from './init-demo.js';
import { initFromModel } from './init-model.js';
import { writeSchemas } from './schema.js';

export interface InitArgs {
  readonly dir: string;
  readonly demo?: boolean;
  /** Another warehouse of the demo's project, which gets the demo's table too; or the one that has the table. */
  readonly warehouse?: string;
  /** With `table`: a model to write a target for. */
  readonly model?: string;
  readonly table?: string;
  readonly key?: string;
}

/** Makes a project folder. Files that exist are kept as they are. */
export async function init(args: InitArgs, env: CommandEnv): Promise<number> {
  const dir = resolve(env.cwd, args.dir);
  await mkdir(dir, { recursive: true });
  const { model, table } = args;
  if ((model === undefined) !== (table === undefined)) {
    throw new ScoringError('--model and --table belong together', { code: 'USAGE', stage: 'cli' });
  }
  if (model !== undefined && table !== undefined) {
    const { key = null, warehouse = null } = args;
    await initFromModel(dir, { model, table, key, warehouse }, env);
  } else if (args.demo === true) await fillDemo(dir, args.warehouse ?? null, env);
  else await fillScaffold(dir, env);
  await writeSchemas(dir);
  const option = args.warehouse === undefined ? '' : ` --warehouse ${args.warehouse}`;
  const shown = relative(env.cwd, dir) || '.';
  env.stdout.write(
    `project in ${shown}; next: npx scorehouse ${args.demo === true ? 'run' : 'check'} --project-dir ${JSON.stringify(shown)}${option}\n`,
  );
  return 0;
}

async function fillScaffold(dir: string, env: CommandEnv): Promise<void> {
  for (const [name, text] of Object.entries(SCAFFOLD)) {
    const file = join(dir, name);
    if (await exists(file)) {
      env.stdout.write(`kept  ${name}\n`);
      continue;
    }
    await mkdir(resolve(file, '..'), { recursive: true });
    await writeFile(file, text);
    env.stdout.write(`made  ${name}\n`);
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
