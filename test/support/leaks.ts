import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';

/** A secret that nothing else looks like, with what JSON, SQL, URLs and shells each treat apart around its core. */
export interface Canary {
  readonly value: string;
  /** Letters and digits, which no escaping changes. */
  readonly core: string;
}

export function newCanary(): Canary {
  const core = `canary${randomBytes(8).toString('hex')}`;
  return { core, value: `p'a"s\\s ${core} $1/é%41` };
}

/** The core as it is, in hexadecimal, and in base64 of either alphabet, at each place it may begin in it. */
function formsOf(core: string): readonly string[] {
  const inBase64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${'x'.repeat(shift)}${core}`).toString('base64url');
    // Without what its neighbours decide at both ends.
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  return [core, Buffer.from(core).toString('hex'), ...inBase64];
}

/** Fails where the canary is in the text, in whatever form. */
export function assertNoLeak({ core }: Canary, text: string, where: string): void {
  const plain = text.replaceAll('+', '-').replaceAll('/', '_');
  for (const form of formsOf(core)) {
    const at = plain.toLowerCase().indexOf(form.toLowerCase());
    assert.equal(at, -1, `${where} shows ${form}: ${text.slice(Math.max(at - 200, 0), at + 200)}`);
  }
}

/** Fails where the canary is in a value as a debugger, a logger or a crash report would print it. */
export function assertNoLeakInside(canary: Canary, value: unknown, where: string): void {
  assertNoLeak(canary, inspect(value, { depth: null, showHidden: true, getters: true }), where);
  if (value instanceof Error) assertNoLeak(canary, `${value.stack} ${value.cause}`, where);
  assertNoLeak(
    canary,
    JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? '',
    where,
  );
}

/** The text of every file in a folder, by its path. */
export function readAll(dir: string, ending: string): ReadonlyMap<string, string> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((file) => join(dir, file))
    .filter((file) => file.endsWith(ending) && statSync(file).isFile());
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
}
