import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../', import.meta.url);

/** A test that a table names, by its file. */
export interface NamedTest {
  readonly file: string;
  readonly name: string;
}

/** Every test that a table names: its file in backquotes, a colon, and names in quotes. */
export function readNamedTests(table: string): readonly NamedTest[] {
  return [...readText(table).matchAll(/`(test\/[^`]+\.ts)`: ((?:"[^"]+"(?:, )?)+)/g)].flatMap(
    ([, file = '', names = '']) => [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => ({ file, name })),
  );
}

/** The text of a file of the repository. */
export function readText(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, ROOT)), 'utf8');
}
