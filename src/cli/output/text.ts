import { escapeControls, escapeJson, type Redactor } from '../../contract/index.js';

/** A cell of warehouse data as a terminal may show it. */
export function toCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? formatNumber(value) : String(value);
  return escapeControls(text);
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(7)));
}

/** Rows under their headings, columns padded, two spaces between. */
export function renderTable(headings: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = [headings, ...rows].map((row) => headings.map((_, i) => toCell(row[i])));
  const widths = headings.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** 1234567 as `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** 5632 as `5.6 kB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${Number((bytes / 1000 ** step).toPrecision(2))} ${units[step]}`;
}

/** Seconds as a person says them. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return `${Math.round(seconds / 60)} min`;
}

/** JSON with integers of any size as numbers, and nothing in it that ends a line or that a terminal obeys. */
export function toJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(
    value,
    (_, part: unknown) => (typeof part === 'bigint' ? toJsonInteger(part) : part),
    indent,
  );
  return escapeJson(json);
}

/** Beyond 2^53 a JSON reader would round, so such integers are text. */
function toJsonInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/**
 * What leaves the process, without secrets. Of a JSON document only the text values are looked at, as what they stand
 * for: a port or a password may look like one of its numbers or keys.
 */
export function redactOutput(text: string, redactor: Redactor): string {
  if (!isJson(text)) return redactor.text(text);
  return text.replace(JSON_TEXT, (part, key: string | undefined) => {
    if (key !== undefined) return part;
    const value = JSON.parse(part) as string;
    const shown = redactor.text(value);
    return shown === value ? part : toJson(shown);
  });
}

/** A text of a JSON document, with the colon behind it where it is a key. */
const JSON_TEXT = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

function isJson(text: string): boolean {
  if (!text.startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
