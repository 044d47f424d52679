import { ScoringError, type Secret } from '../../src/contract/index.js';
import type { SnowflakeConfig } from './config.js';

/** The one way to sign in that the configuration describes. */
export type SignIn =
  | { readonly way: 'key pair'; readonly path: string; readonly passphrase: Secret | null }
  | { readonly way: 'password'; readonly password: Secret }
  | { readonly way: 'oauth' | 'programmatic_access_token'; readonly token: Secret }
  | { readonly way: 'workload_identity'; readonly provider: string; readonly token: Secret | null }
  | { readonly way: 'externalbrowser' };

/** Where and as whom to connect, with defaults filled in. */
export interface ConnectionSettings {
  readonly account: string;
  readonly user: string | null;
  readonly signIn: SignIn;
  readonly role: string | null;
  readonly warehouse: string | null;
  readonly database: string;
  readonly schema: string | null;
  /** Seconds; null for the account's own limit. */
  readonly statementTimeout: number | null;
  /** How long the server may be out of reach before a call fails. */
  readonly networkTimeoutMs: number;
  /** The server's URL where it is not made from the account. */
  readonly url: URL | null;
}

const NETWORK_TIMEOUT_SECONDS = 60;
const SECONDS = { s: 1, min: 60, h: 3600 } as const;

/** Keys that each stand for a way to sign in. */
const WAYS = 'one of private_key_path, token (with authenticator), password, or authenticator';

/** @throws CONFIG_INVALID, which never shows a secret */
export function resolveSettings(config: SnowflakeConfig): ConnectionSettings {
  const signIn = resolveSignIn(config);
  const { account, user = null, host } = config;
  if (/snowflakecomputing\.|[:/]/i.test(account)) {
    throw invalid(
      'account is an address',
      'Give the identifier alone, such as my_organization-my_account; an address goes into `host`.',
    );
  }
  if (user === null && signIn.way !== 'workload_identity') {
    throw invalid('user is missing', 'Give the user that connects.');
  }
  if (host === undefined && (config.port !== undefined || config.protocol !== undefined)) {
    throw invalid('port and protocol need `host`', 'Give the host name, or leave both out.');
  }
  return {
    account,
    user,
    signIn,
    role: config.role ?? null,
    warehouse: config.warehouse ?? null,
    database: config.database,
    schema: config.schema ?? null,
    statementTimeout: toSeconds(config.statement_timeout),
    networkTimeoutMs: 1000 * (config.network_timeout ?? NETWORK_TIMEOUT_SECONDS),
    url: host === undefined ? null : toUrl(host, config.port, config.protocol ?? 'https'),
  };
}

function resolveSignIn(config: SnowflakeConfig): SignIn {
  const { private_key_path: path, private_key_passphrase: passphrase, token, password } = config;
  const { authenticator, workload_identity_provider: provider } = config;
  const given = [path, password, authenticator ?? token].filter((each) => each !== undefined);
  if (given.length !== 1) {
    const what = given.length === 0 ? 'no way to sign in is given' : 'several ways to sign in are given';
    throw invalid(what, `Give ${WAYS}.`);
  }
  if (passphrase !== undefined && path === undefined) {
    throw invalid('private_key_passphrase is given without private_key_path', 'Leave it out.');
  }
  if (provider !== undefined && authenticator !== 'workload_identity') {
    throw invalid(
      'workload_identity_provider is given without its authenticator',
      'Add `authenticator: workload_identity`.',
    );
  }
  if (path !== undefined) return { way: 'key pair', path, passphrase: passphrase ?? null };
  if (password !== undefined) return { way: 'password', password };
  switch (authenticator) {
    case 'externalbrowser':
      if (token !== undefined) throw invalid('externalbrowser takes no token', 'Leave the token out.');
      return { way: authenticator };
    case 'oauth':
    case 'programmatic_access_token':
      if (token === undefined) throw invalid(`${authenticator} needs a token`, 'Give `token` as ${ENV}.');
      return { way: authenticator, token };
    case 'workload_identity':
      return toWorkloadIdentity(provider, token);
    case undefined:
      throw invalid(
        'a token needs `authenticator`',
        'Say which kind it is: oauth, programmatic_access_token or workload_identity.',
      );
  }
}

/** Only OIDC needs a token; the others ask the cloud that they run in. */
function toWorkloadIdentity(
  provider: SnowflakeConfig['workload_identity_provider'],
  token: Secret | undefined,
): SignIn {
  if (provider === undefined) {
    throw invalid('workload_identity needs workload_identity_provider', 'Give AWS, AZURE, GCP or OIDC.');
  }
  if ((token !== undefined) !== (provider === 'OIDC')) {
    const what = provider === 'OIDC' ? 'OIDC needs a token' : `${provider} takes no token`;
    throw invalid(what, 'Only OIDC has a token of its own.');
  }
  return { way: 'workload_identity', provider, token: token ?? null };
}

function toSeconds(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [, amount, unit] = /^(\d+)\s*(s|min|h)$/.exec(text) ?? [];
  return Number(amount) * SECONDS[unit as keyof typeof SECONDS];
}

function toUrl(host: string, port: number | undefined, protocol: string): URL {
  if (/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(host)) {
    return new URL(`${protocol}://${host}${port === undefined ? '' : `:${port}`}`);
  }
  throw invalid('host is no host name', 'Give the name alone, without protocol, port and path.');
}

function invalid(what: string, hint: string): ScoringError {
  return new ScoringError(`the warehouse's configuration is wrong: ${what}`, {
    code: 'CONFIG_INVALID',
    stage: 'connect',
    hint,
  });
}
