import { isScoringError, ScoringError } from '../../contract/index.js';

const NETWORK_HINT =
  'Look at the network, then run again. A model whose sha256 is pinned needs it only once.';

/** OpenSSL's names of what is wrong with a certificate. */
const CERTIFICATE =
  /^(?:CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;

const TLS = /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/;

const NO_ADDRESS: readonly string[] = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_FAIL', 'ENODATA'];

/** What the user wrote cannot be fetched, or must not be. */
export function refused(what: string, hint: string): ScoringError {
  return new ScoringError(what, { code: 'MODEL_INVALID', stage: 'model', hint });
}

/** What the network or the server did, and may not do again. */
export function failed(
  what: string,
  { cause, details }: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
): ScoringError {
  return new ScoringError(`cannot be fetched: ${what}`, {
    code: 'CONNECTION',
    stage: 'model',
    retryable: true,
    hint: NETWORK_HINT,
    cause,
    ...(details === undefined ? {} : { details }),
  });
}

/** The error of a fetch that Node's own parts broke off. */
export function toFetchError(error: unknown, host: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (isScoringError(error)) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NO_ADDRESS.includes(code)) return failed(`no address is known of ${host} (${code})`, { cause: error });
  if (CERTIFICATE.test(code)) {
    return untrusted(
      `the certificate of ${host} is not to be trusted (${code})`,
      "Where the server is your company's, name the file with its authority in NODE_EXTRA_CA_CERTS; checks are never switched off.",
      error,
    );
  }
  if (TLS.test(code)) {
    return untrusted(
      `${host} and this machine agree on no TLS (${code})`,
      'Look at the server: it has to speak TLS 1.2 or newer on this port.',
      error,
    );
  }
  if (code === 'ECONNREFUSED') return failed(`${host} takes no connection (${code})`, { cause: error });
  if (code.startsWith('HPE_')) return failed(`what ${host} answers is no HTTP (${code})`, { cause: error });
  if (code !== '') return failed(`the connection to ${host} broke off (${code})`, { cause: error });
  return error;
}

function untrusted(what: string, hint: string, cause: unknown): ScoringError {
  return new ScoringError(`cannot be fetched: ${what}`, { code: 'ENVIRONMENT', stage: 'model', hint, cause });
}
