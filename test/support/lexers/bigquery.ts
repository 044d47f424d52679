import { type LexicalRule, type Token, tokenize } from './token.js';

/** Escape sequences of texts and quoted names. */
const SEQUENCES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const SEQUENCE =
  /\\(?:[xX]([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-3][0-7]{2})|([abfnrtv\\?"'`]))/g;

/** A piece inside quotes that begins with no backslash, or is an escape sequence: all others are refused. */
const INSIDE = String.raw`\\(?:[xX][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-3][0-7]{2}|[abfnrtv\\?"'\x60])`;

const quoted = (mark: string, but: string): RegExp =>
  new RegExp(`^[bB]?${mark}(?:[^\\\\${but}]|${INSIDE})*${mark}`);

/**
 * GoogleSQL's lexical rules, as its reference has them under "Lexical structure and syntax": `#`, `--` and comments that
 * do not nest; texts in single or double quotes, on one line, or in three of them; prefixes for raw texts and bytes; names in
 * backticks, on one line. Escape sequences hold in all but raw ones, and one that is none is an error.
 */
const RULES: readonly LexicalRule[] = [
  { pattern: /^\s+/, kind: null },
  { pattern: /^(?:--|#)[^\n]*/, kind: null },
  { pattern: /^\/\*[\s\S]*?\*\//, kind: null },
  { pattern: /^(?:[rR][bB]?|[bB][rR])('''|"""|'|")[\s\S]*?\1/, kind: 'text' },
  {
    pattern: new RegExp(`^[bB]?'''(?:(?!''')[^\\\\]|${INSIDE})*'''`),
    kind: 'text',
    toValue: (written) => unescapeText(written, 3),
  },
  {
    pattern: new RegExp(`^[bB]?"""(?:(?!""")[^\\\\]|${INSIDE})*"""`),
    kind: 'text',
    toValue: (written) => unescapeText(written, 3),
  },
  { pattern: quoted("'", "'\\n\\r"), kind: 'text', toValue: (written) => unescapeText(written, 1) },
  { pattern: quoted('"', '"\\n\\r'), kind: 'text', toValue: (written) => unescapeText(written, 1) },
  {
    pattern: new RegExp(`^\`(?:[^\\\\\`\\n\\r]|${INSIDE})+\``),
    kind: 'name',
    toValue: (written) => unescapeText(written, 1),
  },
  { pattern: /^[A-Za-z_]\w*/, kind: 'word' },
  { pattern: /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, kind: 'number' },
  { pattern: /^;/, kind: 'end' },
  // Quotes and the beginning of a comment are no signs: unclosed, they are an error.
  { pattern: /^(?!\/\*)[^'"`\\\w\s;#]/, kind: 'sign' },
];

export function tokenizeBigquery(sql: string): readonly Token[] {
  return tokenize(sql, RULES);
}

function unescapeText(written: string, marks: number): string {
  const inside = written.replace(/^[bB]/, '').slice(marks, -marks);
  return inside.replace(SEQUENCE, (_, hex, code, long, octal, char) => {
    if (char !== undefined) return SEQUENCES[char] ?? char;
    return String.fromCodePoint(
      octal === undefined ? Number.parseInt(hex ?? code ?? long, 16) : Number.parseInt(octal, 8),
    );
  });
}
