import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { findPython, sourceFile } from './python.js';

/** Why a statement is refused; null for one that is accepted. */
export type Refusal = string | null;

const CHECKERS = ['googlesql', 'sqlfluff'] as const;

/** Makes the Python environments of the checkers; says what is missing where that cannot be done. */
export async function findCheckers(): Promise<{ readonly missing: string } | null> {
  for (const name of CHECKERS) {
    const python = await findPython(name);
    if ('missing' in python) return python;
  }
  return null;
}

/**
 * Has GoogleSQL's own analyzer read statements in the order in which they would run: their syntax, their names and
 * their types. What one of them makes, the next ones find.
 */
export function checkBigquery(statements: readonly string[]): Promise<readonly Refusal[]> {
  return check('googlesql', statements);
}

/** Has sqlfluff parse statements by what it knows of Snowflake's grammar: their syntax alone. */
export function checkSnowflake(statements: readonly string[]): Promise<readonly Refusal[]> {
  return check('sqlfluff', statements);
}

async function check(
  name: (typeof CHECKERS)[number],
  statements: readonly string[],
): Promise<readonly Refusal[]> {
  const python = await findPython(name);
  if ('missing' in python) throw new Error(python.missing);
  const child = spawn(python.path, [sourceFile(`${name}_check.py`)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  child.stdin.end(JSON.stringify(statements));
  const answer = await text(child.stdout);
  await ended;
  return JSON.parse(answer) as readonly Refusal[];
}
