import type { Statement } from '../../src/contract/index.js';

/** The variable of a script that counts the rows each statement has changed. */
const COUNTS = 'scorehouse_counts';

/** How the error begins that a statement's wrong number of rows raises: the statement's place, and the rows. */
const UNEXPECTED = 'scorehouse: unexpected rows';

/** A script and where its statements stand. */
export interface Script {
  readonly sql: string;
  /** The first line of each statement, counted from 1. */
  readonly lines: readonly number[];
}

/**
 * Statements as one transaction, whose result is a row for each with the rows that it has changed. There is no handler
 * of exceptions: an error ends the script, and BigQuery then rolls back what it has begun.
 */
export function renderTransaction(statements: readonly Statement[]): Script {
  const text = [`declare ${COUNTS} array<int64> default [];`, 'begin transaction;'];
  const lines: number[] = [];
  for (const [i, { sql, expect }] of statements.entries()) {
    lines.push(countLines(text) + 1);
    // A text may end in a comment.
    text.push(`${sql}\n;`);
    text.push(`set ${COUNTS} = array_concat(${COUNTS}, [${renderCount(i, expect?.rows)}]);`);
  }
  text.push('commit transaction;');
  text.push(`select changed from unnest(${COUNTS}) as changed with offset as place order by place;`);
  return { sql: text.join('\n'), lines };
}

/** The rows that the last statement has changed; an error where others were expected. */
function renderCount(place: number, expected: number | undefined): string {
  const rows = 'ifnull(@@row_count, 0)';
  if (expected === undefined) return rows;
  const message = `concat('${UNEXPECTED} ${place} ', cast(${rows} as string), ';')`;
  return `if(${rows} = ${expected}, ${rows}, error(${message}))`;
}

function countLines(text: readonly string[]): number {
  return text.join('\n').split('\n').length;
}

/** The statement that has changed other rows than expected, and how many; null for every other error. */
export function parseUnexpected(message: string): { readonly place: number; readonly rows: number } | null {
  const match = new RegExp(`${UNEXPECTED} (\\d+) (\\d+);`).exec(message);
  return match === null ? null : { place: Number(match[1]), rows: Number(match[2]) };
}

/** The name of the statement that an error points at by its line. */
export function findStatement(message: string, statements: readonly Statement[], { lines }: Script): string {
  const [, line] = /\[(\d+):\d+\]\s*$/.exec(message) ?? [];
  const at = line === undefined ? -1 : lines.findLastIndex((first) => first <= Number(line));
  return statements[at]?.name ?? statements.map(({ name }) => name).join(', ');
}
