import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readSources } from './imports.js';

/** A file that no longer fits two screens does more than one thing. */
const MOST_LINES = 300;

it(`no file of src and adapters has more than ${MOST_LINES} lines`, (t) => {
  const sizes = readSources(['src', 'adapters'])
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .sort((a, b) => a.lines - b.lines);
  const at = (share: number) => sizes[Math.floor((sizes.length - 1) * share)];
  const largest = sizes.at(-1);
  t.diagnostic(
    `${sizes.length} files: median ${at(0.5)?.lines} lines, 90th percentile ${at(0.9)?.lines}, largest ${largest?.lines} (${largest?.path})`,
  );
  assert.deepEqual(
    sizes.filter(({ lines }) => lines > MOST_LINES),
    [],
  );
});
