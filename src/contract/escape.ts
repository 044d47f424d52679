/** C0, C1, DEL, line separators, bidirectional marks and lone surrogates: what can rewrite a terminal or hide text. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text with its control characters written as `\u{1b}`. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
