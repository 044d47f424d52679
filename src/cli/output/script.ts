import { escapeControls } from '../../contract/index.js';
import type { GrantsScript } from '../../run/access/grants.js';

/** A script as its reader runs it: comments say why, statements are as the warehouse takes them. */
export function renderScript(title: string, notes: readonly string[], { parts }: GrantsScript): string {
  const runs = parts.some(({ statements }) => statements.length > 0)
    ? ['Run it as an administrator, who may make roles and owns what is granted. It may be run again.']
    : [];
  const head = [title, ...runs, ...notes].map(toComment);
  const body = parts.flatMap(({ why, statements }) => [
    '',
    ...why.map(toComment),
    ...statements.map(toStatement),
  ]);
  return `${[...head, ...body].join('\n')}\n`;
}

/** One line, whatever is in it: what stands behind a line's end would be run. */
function toComment(text: string): string {
  return `-- ${escapeControls(text)}`;
}

/** A name may hold what a terminal obeys; written otherwise it would be another name. */
function toStatement(sql: string): string {
  const isPlain = sql.split('\n').every((line) => escapeControls(line) === line);
  return isPlain ? `${sql};` : toComment(`a name here holds control characters, write it by hand: ${sql}`);
}
