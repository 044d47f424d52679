/** Fields whose texts are words of the program, or SQL that the user wrote or a renderer made: nobody else fills them. */
const WORDS: ReadonlySet<string> = new Set(['kind', 'element', 'native', 'query', 'sql', 'condition']);

/** A template's context with one text in place of every name and every value that somebody may have written. */
export function poison<Context>(context: Context, text: string): Context {
  return replaceTexts(context, text) as Context;
}

function replaceTexts(value: unknown, text: string): unknown {
  if (typeof value === 'string') return text;
  if (Array.isArray(value)) return value.map((item) => replaceTexts(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, WORDS.has(key) ? item : replaceTexts(item, text)]),
  );
}
