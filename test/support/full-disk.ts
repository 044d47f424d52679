import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isScoringError } from '../../src/contract/index.js';
import { execute, NEVER, openDuckdb, queryAll, valueOn } from './duckdb.js';
import { mountDisk } from './small-disk.js';

/**
 * What becomes of a DuckDB transaction whose COMMIT meets a full disk. Runs as a program with mounts of its own
 * (`unshare --mount`), in a folder given by argv, and prints one line of JSON.
 *
 * argv[3] is `checkpoint` where the COMMIT is to write the file itself, and not its log.
 */
const [dir = '', way] = process.argv.slice(2);
const MEGABYTES = 12;
const LEFT_BYTES = 64 * 1024;
const INSERT = {
  name: 'insert',
  sql: 'insert into t select i, md5(i::varchar) || md5((i + 1)::varchar) from range(20000) as r(i)',
};

const disk = await mountDisk(join(dir, 'disk'), MEGABYTES);
if (disk === null) process.stdout.write('null\n');
else {
  await using _disk = disk;
  const file = join(disk.path, 'house.duckdb');
  const ballast = join(disk.path, 'ballast');
  const error = await fail(file, ballast);
  await rm(ballast);
  const there = String(await valueOn(file, 'select count(*) from t'));
  process.stdout.write(`${JSON.stringify({ ...error, there })}\n`);
}

/** Commits on the full disk; the error, and the rows that the same process sees then, null where it sees none. */
async function fail(file: string, ballast: string) {
  await using adapter = await openDuckdb(file);
  const threshold = way === 'checkpoint' ? '1KB' : '1GB';
  await execute(
    adapter,
    `set checkpoint_threshold = '${threshold}'`,
    'create table t (i bigint, s varchar)',
    'checkpoint',
  );
  const { bavail, bsize } = await statfs(disk?.path ?? '');
  await writeFile(ballast, Buffer.alloc(bavail * bsize - LEFT_BYTES));
  const options = { atomic: true, signal: NEVER } as const;
  const error: unknown = await adapter.execute([INSERT], options).catch((thrown: unknown) => thrown);
  const seen = await queryAll(adapter, 'select count(*) from t').then(
    ([row]) => String(row?.[0]),
    () => null,
  );
  return isScoringError(error) ? { code: error.code, message: error.message, seen } : { code: null, seen };
}
