import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const IMPORTED = /^(?:import|export)\b[^;'"]*\bfrom '(\.[^']+\.js)'/gm;

/** True for a compiled test file that has Postgres in its path, or imports `support/postgres.js` by whatever way. */
export function needsPostgres(path: string, root: string, seen = new Set<string>()): boolean {
  if (path.startsWith('..') || seen.has(path)) return false;
  if (path.includes('postgres')) return true;
  seen.add(path);
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(IMPORTED)].some(([, to = '']) =>
    needsPostgres(join(dirname(path), to), root, seen),
  );
}
