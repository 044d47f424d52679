import { userInfo } from 'node:os';
import { ScoringError, Secret } from '../../src/contract/index.js';
import type { PostgresConfig } from './config.js';

/** Where and as whom to connect: the configuration with its URL taken apart and libpq's defaults filled in. */
export interface ConnectionSettings {
  /** A host name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: Secret | null;
  readonly tls: TlsSettings;
  /** 0 for no limit. */
  readonly connectTimeoutMs: number;
  readonly applicationName: string;
  readonly options: string | null;
  readonly statementTimeout: string | null;
  readonly lockTimeout: string | null;
}

export interface TlsSettings {
  readonly mode: NonNullable<PostgresConfig['sslmode']>;
  /** Files, relative to the project folder. */
  readonly rootCert: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

const CONNECT_TIMEOUT_SECONDS = 10;
const SSL_MODES: ReadonlySet<string> = new Set([
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
]);

/** The parameters that a URL may carry, with the key that each stands for. */
const URL_PARAMETERS = {
  host: 'host',
  port: 'port',
  dbname: 'database',
  user: 'user',
  password: 'password',
  sslmode: 'sslmode',
  sslrootcert: 'sslrootcert',
  sslcert: 'sslcert',
  sslkey: 'sslkey',
  connect_timeout: 'connect_timeout',
  application_name: 'application_name',
  options: 'options',
} as const;

type Keywords = Partial<Record<(typeof URL_PARAMETERS)[keyof typeof URL_PARAMETERS], string>>;

/** @throws CONFIG_INVALID, which never shows the URL: it may hold a password */
export function resolveSettings(config: PostgresConfig): ConnectionSettings {
  const url = config.url === undefined ? {} : parseUrl(config.url.reveal());
  const user = config.user ?? url.user ?? userInfo().username;
  return {
    host: config.host ?? url.host ?? 'localhost',
    port: config.port ?? toPort(url.port) ?? 5432,
    database: config.database ?? config.dbname ?? url.database ?? user,
    user,
    password: config.password ?? (url.password === undefined ? null : new Secret(url.password)),
    tls: {
      mode: config.sslmode ?? toSslMode(url.sslmode) ?? 'prefer',
      rootCert: config.sslrootcert ?? url.sslrootcert ?? null,
      cert: config.sslcert ?? url.sslcert ?? null,
      key: config.sslkey ?? url.sslkey ?? null,
    },
    connectTimeoutMs:
      1000 * (config.connect_timeout ?? toSeconds(url.connect_timeout) ?? CONNECT_TIMEOUT_SECONDS),
    applicationName: config.application_name ?? url.application_name ?? 'scorehouse',
    options: config.options ?? url.options ?? null,
    statementTimeout: config.statement_timeout ?? null,
    lockTimeout: config.lock_timeout ?? null,
  };
}

// scheme, user, password, host and port, database, parameters; each part percent-encoded.
const URL_FORM =
  /^postgres(?:ql)?:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]/?#]*\]|[^:/?#@]*)(?::(\d*))?(?:\/([^?#]*))?(?:\?([^#]*))?$/;

function parseUrl(url: string): Keywords {
  const match = URL_FORM.exec(url);
  if (match === null) throw invalidUrl('is not of the form postgres://user:password@host:port/database');
  const [, user, password, host, port, database, query] = match;
  if (host?.includes(',')) throw invalidUrl('names several hosts, which is not built');
  const keywords: Keywords = {};
  const set = (key: keyof Keywords, value: string | undefined) => {
    if (value !== undefined && value !== '') keywords[key] = decode(value);
  };
  set('user', user);
  set('password', password);
  set('host', host?.replace(/^\[|\]$/g, ''));
  set('port', port);
  set('database', database);
  for (const pair of query === undefined || query === '' ? [] : query.split('&')) {
    const [name = '', value] = pair.split(/=(.*)/s);
    const key = Object.hasOwn(URL_PARAMETERS, name)
      ? URL_PARAMETERS[name as keyof typeof URL_PARAMETERS]
      : undefined;
    if (key === undefined) {
      throw invalidUrl(
        `has a parameter that is not taken: ${/^\w+$/.test(name) ? name : 'one without a name'}`,
        `Taken are: ${Object.keys(URL_PARAMETERS).join(', ')}.`,
      );
    }
    set(key, value);
  }
  return keywords;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidUrl('has a % that is not followed by two hex digits');
  }
}

function toPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw invalidUrl('has a port that is none');
  return port;
}

function toSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw invalidUrl('has a connect_timeout that is no number of seconds');
  return Number(text);
}

function toSslMode(text: string | undefined): TlsSettings['mode'] | undefined {
  if (text === undefined) return undefined;
  if (SSL_MODES.has(text)) return text as TlsSettings['mode'];
  throw invalidUrl('has an sslmode that is none', `Modes are: ${[...SSL_MODES].join(', ')}.`);
}

function invalidUrl(what: string, hint?: string): ScoringError {
  return new ScoringError(`the warehouse's url ${what}`, {
    code: 'CONFIG_INVALID',
    stage: 'connect',
    hint:
      hint ?? 'Percent-encode what is special in user and password, or give host, user and the rest as keys.',
  });
}
