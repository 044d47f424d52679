import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { loadAdapter } from '../../../adapters/index.js';
import { PACKAGE_ROOT } from '../../package-root.js';
import { countCores } from '../../score/cores.js';
import { newRenderer } from '../../sql/renderer.js';
import type { CommandEnv } from '../options.js';
import { SCAFFOLD } from '../scaffold.js';
import { writeSchemas } from './schema.js';

export interface InitArgs {
  readonly dir: string;
  readonly demo?: boolean;
}

const DEMO_DIR = join(PACKAGE_ROOT, 'examples', 'churn');

/** Makes a project folder. Files that exist are kept as they are. */
export async function init(args: InitArgs, env: CommandEnv): Promise<number> {
  const dir = resolve(env.cwd, args.dir);
  await mkdir(dir, { recursive: true });
  if (args.demo === true) await fillDemo(dir, env);
  else await fillScaffold(dir, env);
  await writeSchemas(dir);
  const shown = relative(env.cwd, dir) || '.';
  env.stdout.write(
    `project in ${shown}; next: npx scorehouse ${args.demo === true ? 'run' : 'check'} --project-dir ${JSON.stringify(shown)}\n`,
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

/** Copies the example and loads its data into a DuckDB file. */
async function fillDemo(dir: string, env: CommandEnv): Promise<void> {
  for (const entry of await readdir(DEMO_DIR)) {
    await cp(join(DEMO_DIR, entry), join(dir, entry), { recursive: true, force: false, errorOnExist: false });
  }
  const file = join(dir, 'churn.duckdb');
  if (await exists(file)) {
    env.stdout.write('kept  churn.duckdb\n');
    return;
  }
  const definition = await loadAdapter('duckdb');
  const context = {
    projectDir: dir,
    write: true,
    lockWaitMs: 0,
    memoryBytes: 256 * 1024 ** 2,
    cores: countCores(),
  };
  await using adapter = await definition.open({ path: file } as never, context, env.signal);
  const table = { schema: 'main', name: 'customers' };
  const statement = newRenderer(adapter.dialect).render('demo/load_csv', {
    table,
    file: join(dir, 'data', 'customers.csv.gz'),
  });
  await adapter.execute([statement], { atomic: true, signal: env.signal });
  env.stdout.write('made  churn.duckdb: 7,043 customers of a telephone company (data/LICENSE.md)\n');
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
