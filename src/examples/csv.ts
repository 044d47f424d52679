import { ScoringError } from '../contract/index.js';

/** A value as the file has it, and where it begins; lines and columns count from 1. */
export interface CsvCell {
  readonly text: string;
  /** `""` is the empty text, nothing at all is NULL. */
  readonly quoted: boolean;
  readonly line: number;
  readonly column: number;
}

export type CsvRow = readonly CsvCell[];

/** A quoted or a plain value. */
const CELL = /"([^"]*(?:""[^"]*)*)"|([^",\r\n]*)/y;

const SEPARATOR = /\r?\n|,|$/y;

/**
 * Parses RFC 4180: commas, quotes that are doubled inside quotes, line ends of either kind. Written here since readers
 * of CSV do not tell what was quoted, nor where a value stood, and both matter.
 *
 * @param file its name, for messages
 * @throws CONFIG_INVALID with line and column
 */
export function parseCsv(text: string, file: string): readonly CsvRow[] {
  const rows: CsvCell[][] = [];
  let row: CsvCell[] = [];
  const place = newPlace(text);
  // A byte order mark is none of the first name.
  for (let at = text.startsWith('\ufeff') ? 1 : 0; ; ) {
    CELL.lastIndex = at;
    const match = CELL.exec(text);
    const [all = '', inside, plain = ''] = match ?? [];
    row.push({ text: inside?.replaceAll('""', '"') ?? plain, quoted: inside !== undefined, ...place(at) });
    at += all.length;
    SEPARATOR.lastIndex = at;
    const separator = SEPARATOR.exec(text)?.[0];
    if (separator === undefined) throw malformed(file, text[at] === '"' && all === '', place(at));
    at += separator.length;
    if (separator === ',') continue;
    rows.push(row);
    row = [];
    if (at >= text.length) return rows;
  }
}

/** Tells the line and column of a position; positions must not go back. */
function newPlace(text: string): (at: number) => Pick<CsvCell, 'line' | 'column'> {
  let [line, start, seen] = [1, 0, 0];
  return (at) => {
    for (; seen < at; seen++) {
      if (text[seen] === '\n') [line, start] = [line + 1, seen + 1];
    }
    return { line, column: at - start + 1 };
  };
}

function malformed(
  file: string,
  unclosed: boolean,
  { line, column }: Pick<CsvCell, 'line' | 'column'>,
): ScoringError {
  const problem = unclosed
    ? 'a quote that is opened here is never closed'
    : 'a comma or the end of the line is expected here';
  return csvError(file, { line, column }, problem);
}

/** The error of a file that cannot be used as it is. */
export function csvError(
  file: string,
  { line, column }: Pick<CsvCell, 'line' | 'column'>,
  problem: string,
  hint = 'Values with commas, quotes or line ends stand in quotes; a quote inside is doubled.',
): ScoringError {
  return new ScoringError(`${file}:${line}:${column}: ${problem}`, {
    code: 'CONFIG_INVALID',
    stage: 'config',
    details: { file, line, column },
    hint,
  });
}

/** A value to be written. */
export type CsvValue = Pick<CsvCell, 'text' | 'quoted'>;

/** A line of a file. */
export function renderCsvRow(values: readonly CsvValue[]): string {
  const cells = values.map(({ text, quoted }) => (quoted ? `"${text.replaceAll('"', '""')}"` : text));
  return `${cells.join(',')}\n`;
}
