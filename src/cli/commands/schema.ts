import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { WAREHOUSE_SCHEMAS } from '../../../adapters/index.js';
import { findProjectDir, projectJsonSchema, targetJsonSchema } from '../../config/index.js';
import { ScoringError } from '../../contract/index.js';
import type { CommandEnv } from '../options.js';
import { toJson } from '../output/text.js';

export interface SchemaArgs {
  readonly projectDir?: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

/** Prints the JSON Schemas of both files, or writes them where the files' first lines point. */
export async function schema(args: SchemaArgs, env: CommandEnv): Promise<number> {
  if (args.write !== true) {
    env.stdout.write(
      `${toJson({ project: projectJsonSchema(WAREHOUSE_SCHEMAS), target: targetJsonSchema() }, 2)}\n`,
    );
    return 0;
  }
  const dir = args.projectDir === undefined ? findProjectDir(env.cwd) : resolve(env.cwd, args.projectDir);
  if (dir === null) {
    throw new ScoringError('no project here to write the schemas to', {
      code: 'CONFIG_INVALID',
      stage: 'config',
      hint: 'Go to a project folder, or name one with --project-dir.',
    });
  }
  const files = await writeSchemas(dir);
  env.stdout.write(
    args.json === true ? `${toJson({ files }, 2)}\n` : files.map((file) => `${file}\n`).join(''),
  );
  return 0;
}

/** Writes `.scorehouse/{project,target}.schema.json` into a project folder. */
export async function writeSchemas(dir: string): Promise<readonly string[]> {
  const folder = join(dir, '.scorehouse');
  await mkdir(folder, { recursive: true });
  const files = [
    [join(folder, 'project.schema.json'), projectJsonSchema(WAREHOUSE_SCHEMAS)],
    [join(folder, 'target.schema.json'), targetJsonSchema()],
  ] as const;
  for (const [file, document] of files) await writeFile(file, `${toJson(document, 2)}\n`);
  return files.map(([file]) => file);
}
