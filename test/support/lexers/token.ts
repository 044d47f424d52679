/** A piece of SQL text as its warehouse reads it. */
export interface Token {
  readonly kind: 'name' | 'text' | 'word' | 'number' | 'sign' | 'end';
  /** What a quoted name or a text stands for, its escape sequences followed; else as it is written. */
  readonly value: string;
}

/** One rule of a lexer: what it finds at the beginning of a text, and what that is; null for what is skipped. */
export interface LexicalRule {
  readonly pattern: RegExp;
  readonly kind: Token['kind'] | null;
  readonly toValue?: (written: string) => string;
}

/** Cuts a text into tokens; the first rule that fits decides. Throws where none does: the text is no SQL. */
export function tokenize(sql: string, rules: readonly LexicalRule[]): readonly Token[] {
  const tokens: Token[] = [];
  for (let rest = sql; rest !== ''; ) {
    const found = rules.find(({ pattern }) => pattern.test(rest));
    const written = found?.pattern.exec(rest)?.[0] ?? '';
    if (found === undefined || written === '') throw new Error(`no token: ${rest.slice(0, 40)}`);
    if (found.kind !== null) tokens.push({ kind: found.kind, value: (found.toValue ?? String)(written) });
    rest = rest.slice(written.length);
  }
  return tokens;
}
