interface Field {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const FIELDS: readonly Field[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  {
    low: 1,
    high: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { low: 0, high: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

/** True for the five fields of a classic crontab line: `*`, numbers, names, ranges, steps and lists of them. */
export function isCron(text: string): boolean {
  const parts = text.trim().split(/ +/);
  return (
    parts.length === FIELDS.length &&
    FIELDS.every((field, i) => (parts[i] ?? '').split(',').every((item) => isItem(item, field)))
  );
}

function isItem(item: string, field: Field): boolean {
  const match = /^(?:\*|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/([1-9]\d?))?$/i.exec(item);
  if (match === null) return false;
  const [, from, to] = match;
  if (from === undefined) return true;
  const low = toNumber(from, field);
  const high = to === undefined ? low : toNumber(to, field);
  return low >= field.low && high <= field.high && low <= high;
}

function toNumber(text: string, field: Field): number {
  const index = field.names.indexOf(text.toLowerCase());
  if (index >= 0) return index + field.low;
  return /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
}
