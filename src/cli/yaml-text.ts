import { escapeControls } from '../contract/index.js';

/** Words that YAML readers, old ones too, take for something else than text. */
const TAKEN = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A text as a YAML key, or as a value inside brackets: plain where no reader could mistake it, else in double quotes. */
export function toScalar(text: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(text) && !TAKEN.test(text) ? text : JSON.stringify(text);
}

/** A text inside a YAML comment: one line, nothing that a terminal obeys. */
export function toText(text: string): string {
  return escapeControls(text).replaceAll('\n', ' ');
}
