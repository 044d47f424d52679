import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

/** Runs every compiled test, or those whose path holds a word of the command line: `node dist/test/main.js ledger`. */
const here = fileURLToPath(new URL('.', import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .map((file) => join(here, file))
  .sort();

if (files.length === 0) {
  process.stderr.write(`no test file matches ${words.join(' ')}\n`);
  process.exitCode = 1;
} else {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const stream = run({ files, concurrency: availableParallelism() });
  stream.on('test:pass', ({ skip, details }) => {
    if (details.type === 'suite') return;
    if (skip === undefined) counts.passed++;
    else counts.skipped++;
  });
  stream.on('test:fail', () => {
    counts.failed++;
    process.exitCode = 1;
  });
  stream.on('end', () => {
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  });
  stream.compose(new spec()).pipe(process.stdout);
}
