import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const IMPORTED = /^(?:import|export)\b[^;'"]*\bfrom '(\.[^']+\.js)'/gm;

/** What some tests need that not every machine has. */
export type Need =
  | 'postgres'
  | 'toxiproxy'
  | 'standins/snowflake'
  | 'standins/bigquery'
  | 'standins/checkers';

/** True for a compiled test file that has the need in its path, or imports what has by whatever way. */
export function needs(need: Need, path: string, root: string, seen = new Set<string>()): boolean {
  if (path.startsWith('..') || seen.has(path)) return false;
  if (path.includes(need)) return true;
  seen.add(path);
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(IMPORTED)].some(([, to = '']) => needs(need, join(dirname(path), to), root, seen));
}
