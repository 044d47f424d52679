import { type LexicalRule, type Token, tokenize } from './token.js';

/** Escape sequences of a text in single quotes that do not stand for the character behind the backslash. */
const SEQUENCES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  0: '\0',
};

/**
 * Snowflake's lexical rules, as its SQL reference has them under "Identifier requirements", "String & binary data types:
 * String constants" and "Comments": `--`, `//` and comments that do not nest; texts in single quotes, where a quote is
 * doubled or behind a backslash; texts between `$$`, where nothing is special; names in double quotes, where a double
 * quote is doubled and nothing else is special.
 */
const RULES: readonly LexicalRule[] = [
  { pattern: /^\s+/, kind: null },
  { pattern: /^(?:--|\/\/)[^\n]*/, kind: null },
  { pattern: /^\/\*[\s\S]*?\*\//, kind: null },
  { pattern: /^'(?:[^'\\]|''|\\[\s\S])*'/, kind: 'text', toValue: toText },
  { pattern: /^\$\$[\s\S]*?\$\$/, kind: 'text', toValue: (written) => written.slice(2, -2) },
  {
    pattern: /^"(?:[^"]|"")+"/,
    kind: 'name',
    toValue: (written) => written.slice(1, -1).replaceAll('""', '"'),
  },
  { pattern: /^[A-Za-z_][A-Za-z0-9_$]*/, kind: 'word' },
  { pattern: /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, kind: 'number' },
  { pattern: /^;/, kind: 'end' },
  // Quotes, `$$` and the beginning of a comment are no signs: unclosed, they are an error.
  { pattern: /^(?!\/\*)[^'"$\w\s;]/, kind: 'sign' },
];

export function tokenizeSnowflake(sql: string): readonly Token[] {
  return tokenize(sql, RULES);
}

function toText(written: string): string {
  return written
    .slice(1, -1)
    .replace(
      /''|\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|([0-7]{3})|([\s\S]))/g,
      (match, hex, code, octal, char) => {
        if (match === "''") return "'";
        if (hex !== undefined || code !== undefined)
          return String.fromCharCode(Number.parseInt(hex ?? code, 16));
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
        return SEQUENCES[char] ?? char;
      },
    );
}
