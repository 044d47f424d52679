import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { ScoringError } from '../../src/contract/index.js';
import type { ConnectionSettings } from './settings.js';

/** How one attempt to connect uses TLS; false is without. */
export type Tls = ConnectionOptions | false;

/**
 * The attempts that an sslmode makes, in order: `prefer` falls back to a plain connection, `allow` the other way round.
 * A certificate is checked
 * under the `verify` modes, and wherever authorities are named.
 *
 * @throws ENVIRONMENT where a file that the configuration names cannot be read
 */
export async function tlsAttempts(
  { host, tls }: ConnectionSettings,
  projectDir: string,
): Promise<readonly Tls[]> {
  const { mode } = tls;
  if (mode === 'disable' || host.startsWith('/')) return [false];
  const read = (file: string) => readText(resolve(projectDir, file));
  const ca = await readAuthorities(tls.rootCert, mode, read);
  const checked = mode.startsWith('verify-') || tls.rootCert !== null;
  const options: ConnectionOptions = {
    rejectUnauthorized: checked,
    ...(ca === null ? {} : { ca }),
    ...(tls.cert === null ? {} : { cert: await read(tls.cert) }),
    ...(tls.key === null ? {} : { key: await read(tls.key) }),
    // Who signed the certificate is checked, not whom it names. Public authorities sign anybody's: there the name counts.
    ...(mode === 'verify-full' || (checked && ca === null) ? {} : { checkServerIdentity: () => undefined }),
  };
  if (mode === 'prefer') return [options, false];
  return mode === 'allow' ? [false, options] : [options];
}

async function readAuthorities(
  rootCert: string | null,
  mode: ConnectionSettings['tls']['mode'],
  read: (file: string) => Promise<string>,
): Promise<string | null> {
  if (rootCert === 'system') return null;
  if (rootCert !== null) return read(rootCert);
  if (!mode.startsWith('verify-')) return null;
  // libpq's own place; without it the authorities that Node.js knows are trusted.
  return read(join(homedir(), '.postgresql', 'root.crt')).catch(() => null);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ScoringError(`cannot read ${file}`, {
      code: 'ENVIRONMENT',
      stage: 'connect',
      hint: 'Check sslrootcert, sslcert and sslkey of the warehouse; they are relative to scorehouse.yml.',
      cause,
    });
  }
}
