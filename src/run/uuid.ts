import { randomBytes } from 'node:crypto';

/** A UUIDv7 (RFC 9562, section 5.7): milliseconds first, so that run ids sort by time. */
export function newRunId(now = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** When a run id was made, as ISO 8601 in UTC. */
export function toInstant(runId: string): string {
  return new Date(Number.parseInt(runId.replaceAll('-', '').slice(0, 12), 16)).toISOString();
}

/** The part of a run id that names its helper tables. */
export function shortRunId(runId: string): string {
  return runId.slice(-12);
}
