import { createHash } from 'node:crypto';

/** sha-256 in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** sha-256 over a value's JSON with object keys sorted, so that equal values have equal hashes. */
export function hashValue(value: unknown): string {
  return sha256(JSON.stringify(value, (_, part: unknown) => (isRecord(part) ? sortKeys(part) : part)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortKeys(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, record[key]]),
  );
}
