import * as z from 'zod';
import { isCron } from './cron.js';

/**
 * Text that fits a pattern. The `expected …` text of a schema is what an issue says was expected; it serves for
 * the wrong type as well as for the wrong text.
 */
function patternText(pattern: RegExp, expected: string) {
  const error = `expected ${expected}`;
  return z.string({ error }).regex(pattern, { error });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: names with control characters are what it refuses
const PRINTABLE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/;

/** Names of targets, warehouses and projects. */
export const nameText = patternText(
  /^[a-z][a-z0-9_]{0,39}$/,
  'a name like churn_30d (a-z, 0-9, _; at most 40)',
);

/** A name that SQL templates refer to. */
export const varName = patternText(/^[A-Za-z_][A-Za-z0-9_]{0,39}$/, 'a name like country (letters, 0-9, _)');

/** A column, feature or graph name as somebody else wrote it: anything printable. */
export const foreignName = patternText(PRINTABLE, 'a name').max(255, {
  error: 'expected at most 255 characters',
});

/** A column or table that scorehouse creates: readable without quotes in every warehouse. */
export const createdName = patternText(
  /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
  'a name of letters, digits and _ (at most 63)',
);

/** A table somebody else made: `name`, `schema.name` or `database.schema.name`. */
export const foreignTable = patternText(
  /^[^\s."'`;]{1,255}(\.[^\s."'`;]{1,255}){0,2}$/,
  'a table like analytics.customers (or use sql)',
);

/** `schema` or `database.schema`. */
export const schemaText = patternText(
  /^([^\s."'`;]{1,128}\.)?[^\s."'`;]{1,63}$/,
  'a schema like predictions or database.schema',
);

/** `name` or `schema.name`, the name being one that scorehouse creates. */
export const createdTable = patternText(
  /^([^\s."'`;]{1,63}\.)?[A-Za-z_][A-Za-z0-9_]{0,62}$/,
  'a table like churn or schema.churn',
);

export const tagText = patternText(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'a tag like nightly');

export const sqlText = patternText(/\S/, 'a SELECT statement');

export const plainText = patternText(/\S/, 'a text');

export const pathText = patternText(PRINTABLE, 'a file path');

export const duration = patternText(
  /^\d+(\.\d+)? *(s|sec|seconds?|min|minutes?|h|hours?|d|days?|w|weeks?)$/,
  'a duration like "90 s", "30 min", "2 h" or "2 days"',
);

export const byteSize = patternText(
  /^\d+(\.\d+)? *([kKMGT]?B|[KMGT]iB)$/,
  'a size like "512 MiB", "1 GiB" or "100 GB"',
);

export const clockTime = patternText(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day like "06:00"');

export const cron = patternText(/^\S+( +\S+){4}$/, 'five cron fields like "0 3 * * *"').refine(isCron, {
  error: 'expected five cron fields like "0 3 * * *" (minute, hour, day, month, weekday)',
});

export const timezone = plainText.refine(isTimezone, {
  error: 'expected a time zone like UTC or Europe/Berlin',
});

/** A list with at least one entry. */
export function listOf<Item extends z.ZodType>(item: Item, example: string) {
  const error = `expected a list like ${example}`;
  return z.array(item, { error }).min(1, { error });
}

/** Lowest and highest value that is allowed, in that order. */
export const range = z
  .tuple([z.number(), z.number()], { error: 'expected two numbers like [0, 1]' })
  .refine(([low, high]) => low <= high, { error: 'expected the lower number first' });

/** A value of a column. */
export const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: 'expected a text, a number, true or false',
});

/** A count of one or more. */
export const positiveCount = z.int().min(1);

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** The bytes of a text that `byteSize` has accepted. */
export function toBytes(text: string): number {
  const unit = text.replace(/^[\d. ]+/, '').toLowerCase();
  return Math.floor(Number.parseFloat(text) * (UNIT_BYTES[unit] ?? Number.NaN));
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** The seconds of a text that `duration` has accepted. */
export function toSeconds(text: string): number {
  const [unit = ''] = text.replace(/^[\d. ]+/, '');
  return Number.parseFloat(text) * (UNIT_SECONDS[unit] ?? Number.NaN);
}
