import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { REPORT_PREFIX } from './conformance/report.js';
import { type Need, needs } from './support/needs.js';
import { findPostgres } from './support/postgres-server.js';
import { findBigquery, nameBigquery } from './support/standins/bigquery.js';
import { findCheckers } from './support/standins/checkers.js';
import type { Standin } from './support/standins/server.js';
import { findSnowflake, nameSnowflake } from './support/standins/snowflake.js';
import { findToxiproxy } from './support/toxiproxy-binary.js';

/** Runs every compiled test, or those whose path holds a word of the command line: `node dist/test/main.js ledger`. */
const here = fileURLToPath(new URL('.', import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .map((file) => join(here, file))
  .sort();

/** Lines of the conformance suites, shown once more at the end, where they are seen. */
const reports: string[] = [];

if (files.length === 0) {
  process.stderr.write(`no test file matches ${words.join(' ')}\n`);
  process.exitCode = 1;
} else {
  const onPostgres = files.filter((file) => needs('postgres', relative(here, file), here));
  await using server = onPostgres.length === 0 ? null : await findPostgres();
  if (server !== null) {
    process.env.SCOREHOUSE_TEST_POSTGRES = server.url;
    if (server.dir !== null) process.env.SCOREHOUSE_TEST_POSTGRES_DIR = server.dir;
  }
  const proxied = files.filter((file) => needs('toxiproxy', relative(here, file), here));
  // Built once, before files that run at the same time would each do so.
  const proxy = proxied.length === 0 ? null : await findToxiproxy();
  const untested = new Map<string, string>();
  if (proxy !== null && 'missing' in proxy) for (const file of proxied) untested.set(file, proxy.missing);
  if (server === null) for (const file of onPostgres) untested.set(file, 'no Postgres was found');
  await using snowflake = await startFor('standins/snowflake', findSnowflake, untested);
  if (snowflake !== null) nameSnowflake(snowflake);
  await using bigquery = await startFor('standins/bigquery', findBigquery, untested);
  if (bigquery !== null) nameBigquery(bigquery);
  const checked = files.filter((file) => needs('standins/checkers', relative(here, file), here));
  const unchecked = checked.length === 0 ? null : await findCheckers();
  if (unchecked !== null) for (const file of checked) untested.set(file, unchecked.missing);
  if (untested.size > 0 && process.env.CI === 'true') process.exitCode = 1;
  const counts = await runFiles(files.filter((file) => !untested.has(file)));
  for (const [file, reason] of untested) {
    process.stdout.write(`NOT TESTED, ${reason}: ${relative(here, file)}\n`);
  }
  if (reports.length > 0) process.stdout.write(`\n${reports.join('\n')}\n`);
  process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
}

/** A server for the files that need it, which are told as untested where there is none; null where no file needs it. */
async function startFor(
  need: Need,
  find: () => Promise<Standin | { readonly missing: string }>,
  untested: Map<string, string>,
): Promise<Standin | null> {
  const needing = files.filter((file) => needs(need, relative(here, file), here));
  if (needing.length === 0) return null;
  const found = await find();
  if (!('missing' in found)) return found;
  for (const file of needing) untested.set(file, found.missing);
  return null;
}

async function runFiles(
  files: readonly string[],
): Promise<{ passed: number; failed: number; skipped: number }> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  // Without files the runner looks for some by itself.
  if (files.length === 0) return counts;
  const stream = run({ files: [...files], concurrency: availableParallelism() });
  stream.on('test:pass', ({ skip, details }) => {
    if (details.type === 'suite') return;
    if (skip === undefined) counts.passed++;
    else counts.skipped++;
  });
  stream.on('test:diagnostic', ({ message }) => {
    if (message.startsWith(REPORT_PREFIX)) reports.push(message);
  });
  stream.on('test:fail', () => {
    counts.failed++;
    process.exitCode = 1;
  });
  const report = stream.compose(new spec());
  report.pipe(process.stdout);
  await new Promise((resolve) => report.on('end', resolve));
  return counts;
}
