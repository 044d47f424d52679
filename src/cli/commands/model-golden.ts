import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ScoringError } from '../../contract/index.js';
import { makeGolden } from '../../run/make-golden.js';
import { findTarget, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, ProjectArgs } from '../options.js';
import { formatCount, toJson } from '../output/text.js';

export interface GoldenArgs extends ProjectArgs {
  readonly target: string;
  readonly rows?: number;
  /** Relative to the project folder; the target's golden file where left out. */
  readonly out?: string;
  readonly force?: boolean;
}

const DEFAULT_ROWS = 100;

/** Writes a golden file: the source's first rows with the scores that they get on this host. */
export async function golden(args: GoldenArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const target = findTarget(loaded, args.target);
  const count = args.rows ?? DEFAULT_ROWS;
  if (count === 0) throw usage('--rows: expected one row at least', 'Leave it out for 100 rows.');
  const name = args.out ?? target.golden?.file ?? `golden/${target.name}.csv`;
  const file = resolve(loaded.project.dir, name);
  const session = await openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  await using _adapter = session.adapter;
  const { text, rows } = await makeGolden(session, target, count, env.signal);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { flag: args.force === true ? 'w' : 'wx' }).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause;
      throw usage(`${name} is there already`, 'Compare first what it expects; --force replaces it.');
    },
  );
  if (args.json === true) {
    env.stdout.write(`${toJson({ target: target.name, file, rows })}\n`);
    return 0;
  }
  env.stdout.write(`${name}: ${formatCount(rows)} rows\n`);
  if (target.golden === null) env.stdout.write(`next: write golden: { file: ${name} } into ${target.file}\n`);
  return 0;
}

function usage(message: string, hint: string): ScoringError {
  return new ScoringError(message, { code: 'USAGE', stage: 'cli', hint });
}
