import { execFile, spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { listMachineBins } from './postgres-binaries.js';

/** A pg_dump of this machine. */
export interface PgDump {
  readonly file: string;
  /** It dumps servers of this major version and older ones. */
  readonly major: number;
  /** The folder that holds it. */
  readonly bin: string;
}

/** The machine's newest pg_dump, of PATH or beside a server's programs; null where it has none. */
export async function findPgDump(): Promise<PgDump | null> {
  const path = (process.env.PATH ?? '').split(delimiter).filter((part) => part !== '');
  const found: PgDump[] = [];
  for (const bin of new Set([...(await listMachineBins()), ...path])) {
    const file = join(bin, 'pg_dump');
    const major = await promisify(execFile)(file, ['--version']).then(
      ({ stdout }) => Number(/ (\d+)/.exec(stdout)?.[1]),
      () => null,
    );
    if (major !== null) found.push({ file, major, bin });
  }
  return found.sort((a, b) => b.major - a.major)[0] ?? null;
}

/** How dumps fared. */
export interface Dumps {
  readonly done: number;
  /** What those said that failed: a table that goes between pg_dump's list and its lock fails it, whoever drops it. */
  readonly failed: readonly string[];
  readonly longestMs: number;
}

/** Dumps a database over and over, each time in no hurry; tells how that went when it is stopped. */
export function dumpInLoop(
  t: { after(hook: () => Promise<void>): void },
  { file }: PgDump,
  url: string,
): { stop(): Promise<Dumps> } {
  let stopping = false;
  const dumps = { done: 0, failed: [] as string[], longestMs: 0 };
  const loop = async () => {
    while (!stopping) {
      const start = performance.now();
      const said = await dumpSlowly(file, url);
      if (said === null) dumps.done++;
      else dumps.failed.push(said);
      dumps.longestMs = Math.max(dumps.longestMs, performance.now() - start);
    }
  };
  const looping = loop();
  const stop = async () => {
    stopping = true;
    await looping;
    return dumps;
  };
  t.after(async () => void (await stop()));
  return { stop };
}

/** How long a dump's output is left unread: it waits with all its locks when the pipe is full. */
const UNREAD_MS = 2000;

/** Null, or what a dump said that failed. */
async function dumpSlowly(file: string, url: string): Promise<string | null> {
  const child = spawn(file, ['-d', url], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await Promise.race([ended, sleep(UNREAD_MS)]);
  child.stdout.resume();
  return (await ended) === 0 ? null : said;
}
