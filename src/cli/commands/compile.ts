import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { compileSql } from '../../run/compile-sql.js';
import { prepareRun } from '../../run/prepare.js';
import { chooseTargets, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, SelectionArgs } from '../options.js';
import { toJson } from '../output/text.js';

export interface CompileArgs extends SelectionArgs {
  readonly out?: string;
}

/** Writes each target's SQL as files, numbered in their order. */
export async function compile(args: CompileArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const targets = chooseTargets(loaded, args);
  const session = await openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  await using _adapter = session.adapter;
  const files: string[] = [];
  for (const target of targets) {
    await using prepared = await prepareRun(session, target, { signal: env.signal });
    const dir = join(resolve(loaded.project.dir, args.out ?? '.scorehouse/compiled'), target.name);
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    for (const [i, { name, sql }] of (await compileSql(session, prepared.plan, env.signal)).entries()) {
      const file = join(dir, `${String(i + 1).padStart(2, '0')}_${name.replaceAll('/', '_')}.sql`);
      await writeFile(file, `${env.redactor.text(sql)};\n`);
      files.push(file);
    }
  }
  if (args.json === true) env.stdout.write(`${toJson({ files }, 2)}\n`);
  else env.stdout.write(files.map((file) => `${file}\n`).join(''));
  return 0;
}
