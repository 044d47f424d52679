import type { IncomingMessage } from 'node:http';
import { escapeControls, ScoringError } from '../../contract/index.js';
import { failed, refused } from './errors.js';

/** Longest ETag that is kept. */
const MAX_ETAG = 256;
/** Longest text of a server in a message. */
const MAX_SHOWN = 40;

/**
 * Looks at what a server says before its file comes.
 *
 * @throws MODEL_INVALID where the address is none of a file, PERMISSION where the server wants to know who asks,
 *   CONNECTION where it may answer otherwise later
 */
export function assertFile({ statusCode: status = 0, headers }: IncomingMessage, maxBytes: number): void {
  if (status !== 200) throw toStatusError(status, headers['retry-after']);
  const type = headers['content-type'] ?? '';
  if (/^text\/html\b/i.test(type)) {
    throw refused(
      'not fetched: the server gives a web page, no file',
      'Write the address of the file itself; a page to log in looks like this too.',
    );
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw refused(
      `not fetched: the server packs it (${escapeControls(encoding.slice(0, MAX_SHOWN))}), which it was asked not to`,
      'A small packed file could be a very large one: have the server give it as it is.',
    );
  }
  const length = headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] === undefined) {
    throw refused(
      'not fetched: the server does not say where the file ends, so that nobody can tell whether all of it came',
      'Have the server send Content-Length.',
    );
  }
  if (length !== undefined && Number(length) > maxBytes) throw tooLarge(maxBytes);
}

/** The error of a file that is larger than a model can be. */
export function tooLarge(maxBytes: number): ScoringError {
  return refused(
    `not fetched: it has more than ${maxBytes.toLocaleString('en-US')} bytes`,
    'No ONNX file can be larger than 2 GB: its weights belong into files of their own, in a folder of this machine.',
  );
}

/** What a server calls this very file; null where it has no name that can be asked for. */
export function readEtag({ headers }: IncomingMessage): string | null {
  const { etag } = headers;
  return etag !== undefined && etag.length <= MAX_ETAG && /^(?:W\/)?"[!#-~]*"$/.test(etag) ? etag : null;
}

function toStatusError(status: number, retryAfter: string | undefined): ScoringError {
  if (status === 401 || status === 403 || status === 407) {
    return new ScoringError(`cannot be fetched: the server does not let this machine have it (${status})`, {
      code: 'PERMISSION',
      stage: 'model',
      details: { status },
      hint: `scorehouse sends no password. A signed address may come from a variable: uri: \${MODEL_URL}. Else copy the file here.`,
    });
  }
  if (status === 404 || status === 410) {
    return refused(`not there: the server answers ${status}`, 'Check model.uri.');
  }
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(retryAfter);
    const wait = Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {};
    return failed(`the server answers ${status}`, { details: { status, ...wait } });
  }
  return refused(
    `not fetched: the server answers ${status}`,
    'Look at the address in a browser, or copy the file here and name its path.',
  );
}
