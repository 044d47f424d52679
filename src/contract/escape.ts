/**
 * C0, C1, DEL, line separators, bidirectional marks, lone surrogates, and letters that nobody sees (zero-width spaces
 * and joiners, fillers, variation selectors, tags): what can rewrite a terminal or hide text.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** Text with its control characters written as `\u{1b}`. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Several lines of text, such as SQL, whose own line ends and tabs stay. */
export function escapeLines(text: string): string {
  return text.replace(/[^\n\t]+/g, escapeControls);
}

/** A JSON document that means the same, without the characters that JSON lets through: readers split lines at some. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, (char) => (char === '\n' ? char : toJsonEscapes(char)));
}

function toJsonEscapes(char: string): string {
  return [...Array(char.length).keys()]
    .map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`)
    .join('');
}
