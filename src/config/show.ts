import { escapeControls } from '../contract/index.js';
import { isMapping } from './path.js';

const MAX_SHOWN = 60;

/** A value as an issue shows it: short, on one line, without control characters. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value))
    return value.length === 1 ? 'a list of 1 item' : `a list of ${value.length} items`;
  if (isMapping(value)) return shorten(escapeControls(`{ ${Object.keys(value).join(', ')} }`));
  if (typeof value === 'string') return escapeControls(JSON.stringify(shorten(hideUser(value))));
  return String(value);
}

/** Addresses may have a name and a password in front of their host. */
function hideUser(text: string): string {
  return text.replace(/\/\/[^/?#\s]*@/g, '//***@');
}

function shorten(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
