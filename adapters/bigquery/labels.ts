import type { Annotations } from '../../src/contract/index.js';

/** Longest key and value of a label, in characters. */
const MAX_LENGTH = 63;

/**
 * Annotations as labels of a job: lower-case letters, digits, `_` and `-`, a key beginning with a letter. What does not
 * fit is replaced, so that a label is never a reason to fail.
 */
export function toLabels(annotations: Annotations | undefined): Readonly<Record<string, string>> {
  const own = Object.entries(annotations ?? {}).map(([key, value]) => [
    toWord(key).replace(/^[^a-z]/, 'x'),
    toWord(value),
  ]);
  return { application: 'scorehouse', ...Object.fromEntries(own.filter(([key]) => key !== '')) };
}

function toWord(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '_')
    .slice(0, MAX_LENGTH);
}
