import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Connection, ConnectionOptions } from 'snowflake-sdk';
import { ScoringError } from '../../src/contract/index.js';
import type { Driver } from './driver.js';
import { untilAborted } from './patience.js';
import type { ConnectionSettings, SignIn } from './settings.js';

/** How many rows the driver keeps ready: its default of ten has it wake for every few. */
const ROWS_AHEAD = 2048;

/** Chunks of a result that the driver fetches while one is read. */
const CHUNKS_AHEAD = 2;

/** What every connection is made with; the private key is read once. */
export async function toDriverOptions(
  settings: ConnectionSettings,
  projectDir: string,
): Promise<ConnectionOptions> {
  const { account, user, role, warehouse, database, schema, url } = settings;
  return {
    account,
    ...(user === null ? {} : { username: user }),
    ...(role === null ? {} : { role }),
    ...(warehouse === null ? {} : { warehouse }),
    database,
    ...(schema === null ? {} : { schema }),
    ...(url === null ? {} : toAddress(url)),
    ...(await toCredentials(settings.signIn, projectDir)),
    application: 'scorehouse',
    clientSessionKeepAlive: true,
    // Nothing that could sign in is ever written to disk.
    clientStoreTemporaryCredential: false,
    fetchAsString: ['Number', 'Date', 'JSON'],
    representNullAsStringNull: false,
    rowMode: 'array',
    streamResult: true,
    rowStreamHighWaterMark: ROWS_AHEAD,
    resultPrefetch: CHUNKS_AHEAD,
    sfRetryMaxLoginRetries: 3,
  };
}

function toAddress({ protocol, hostname, port, origin }: URL): ConnectionOptions {
  const scheme = protocol.replace(':', '');
  const number = Number(port) || (scheme === 'https' ? 443 : 80);
  // The driver's types leave port and protocol out.
  return { accessUrl: origin, host: hostname, port: number, protocol: scheme } as ConnectionOptions;
}

async function toCredentials(signIn: SignIn, projectDir: string): Promise<ConnectionOptions> {
  switch (signIn.way) {
    case 'key pair': {
      const path = resolve(projectDir, signIn.path);
      const privateKey = await readPrivateKey(path, signIn.passphrase?.reveal());
      return { authenticator: 'SNOWFLAKE_JWT', privateKey };
    }
    case 'password':
      return { password: signIn.password.reveal() };
    case 'oauth':
      return { authenticator: 'OAUTH', token: signIn.token.reveal() };
    case 'programmatic_access_token':
      return { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: signIn.token.reveal() };
    case 'workload_identity':
      return {
        authenticator: 'WORKLOAD_IDENTITY',
        workloadIdentityProvider: signIn.provider,
        ...(signIn.token === null ? {} : { token: signIn.token.reveal() }),
      } as ConnectionOptions;
    case 'externalbrowser':
      return { authenticator: 'EXTERNALBROWSER' };
  }
}

/** The key without its passphrase, as the driver takes it. */
async function readPrivateKey(path: string, passphrase: string | undefined): Promise<string> {
  const key = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw badKey(
      `private_key_path cannot be read: ${path} (${cause.code})`,
      'Check the path and who may read it.',
    );
  });
  try {
    const options = passphrase === undefined ? { key } : { key, passphrase };
    return createPrivateKey(options).export({ format: 'pem', type: 'pkcs8' }) as string;
  } catch {
    const hint =
      passphrase === undefined
        ? 'It must be a private key in PEM form; where it is encrypted, give private_key_passphrase.'
        : 'Check private_key_passphrase.';
    throw badKey(`private_key_path holds no private key that can be opened: ${path}`, hint);
  }
}

function badKey(what: string, hint: string): ScoringError {
  return new ScoringError(`the warehouse's configuration is wrong: ${what}`, {
    code: 'CONFIG_INVALID',
    stage: 'connect',
    hint,
  });
}

/** Signs in. The signal ends it; its errors are the driver's. */
export async function signIn(
  driver: Driver,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<Connection> {
  // The driver takes options apart and clears what is secret in them.
  const connection = driver.createConnection({ ...options });
  const connecting = new Promise<void>((resolve, reject) => {
    const done = (error: unknown) => (error === undefined || error === null ? resolve() : reject(error));
    driver.within(signal, () => connection.connectAsync(done)).catch(reject);
  });
  await untilAborted(connecting, signal);
  return connection;
}
