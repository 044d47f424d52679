import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BUILT_KINDS } from '../../adapters/index.js';

const PACKAGE_ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const HERE = join(PACKAGE_ROOT, 'test/conformance');

/** Names of the files in a folder that end so, without that end. */
function namesIn(folder: string, end: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(end))
    .map((file) => file.slice(0, -end.length))
    .sort();
}

it('every kind of warehouse that is built has its suite', () => {
  const suites = namesIn(HERE, '.test.ts').filter((name) => {
    const text = readFileSync(join(HERE, `${name}.test.ts`), 'utf8');
    return text.includes('testAdapter({') && text.includes(`kind: '${name}',`);
  });
  assert.deepEqual(suites, [...BUILT_KINDS].sort());
});

it('every adapter is registered', () => {
  const folders = readdirSync(join(PACKAGE_ROOT, 'adapters'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    // Of those to come, only the dialect is there.
    .filter((name) => existsSync(join(PACKAGE_ROOT, 'adapters', name, 'index.ts')));
  assert.deepEqual(folders.sort(), [...BUILT_KINDS].sort());
});

it('every file of cases is part of the suite', () => {
  const index = readFileSync(join(HERE, 'cases/index.ts'), 'utf8');
  const files = namesIn(join(HERE, 'cases'), '.ts').filter((name) => name !== 'index');
  assert.ok(files.length > 10);
  for (const name of files) assert.ok(index.includes(`from './${name}.js'`), name);
});
