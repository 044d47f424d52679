import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelPlace } from './resolved.js';

/** Schemes of a model's uri beside `file`. */
const REMOTE_SCHEMES: readonly string[] = ['https', 's3', 'gs', 'az', 'models'];

/** Those that a model can be read from. */
const BUILT_SCHEMES: readonly string[] = ['file', 'https'];

/** What is wrong with a uri. Its texts hold nothing of the uri that may be a secret. */
export interface UriFault {
  readonly message: string;
  readonly expected: string;
}

/** The scheme of a model's uri; `file` where it has none. */
export function modelScheme(uri: string): string {
  // A single letter is a Windows drive.
  return /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(uri)?.[1]?.toLowerCase() ?? 'file';
}

/** True where models can be read from such a uri. */
export function isBuiltUri(uri: string): boolean {
  return BUILT_SCHEMES.includes(modelScheme(uri)) || findUriFault(uri) !== null;
}

/** True for what has the form of a model's uri; `findUriFault` looks closer at some. */
export function isModelUri(uri: string): boolean {
  const scheme = modelScheme(uri);
  if (scheme !== 'file') return scheme === 'http' || REMOTE_SCHEMES.includes(scheme);
  try {
    return toFilePath(uri) !== '';
  } catch {
    return false;
  }
}

/** What no model may be fetched from; null where nothing is wrong. */
export function findUriFault(uri: string): UriFault | null {
  const scheme = modelScheme(uri);
  if (scheme === 'http') {
    return { message: 'http: is open to whoever is on the way', expected: 'an https: URI' };
  }
  if (scheme === 'file' && !isModelUri(uri)) return { message: 'no path', expected: 'models/churn.onnx' };
  if (scheme !== 'https') return null;
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url === null) return { message: 'no address that exists', expected: 'https://host/path/model.onnx' };
  if (url.username !== '' || url.password !== '') {
    return {
      message: 'has a user name or a password in it, which messages and logs would show',
      expected: `a URI without them; a signed one from a variable, \${MODEL_URL}, where the server asks who you are`,
    };
  }
  return null;
}

/** A uri as messages show it: what follows the `?` of an address may be a signature. */
export function showUri(uri: string): string {
  if (modelScheme(uri) !== 'https') return uri;
  const { origin, pathname, search } = new URL(uri);
  return origin + pathname + (search === '' ? '' : '?***');
}

/**
 * Where a uri without faults leads.
 *
 * @param dir that a relative path starts at
 */
export function toModelPlace(uri: string, dir: string, allowPrivate: boolean): ModelPlace {
  if (modelScheme(uri) !== 'https') return { kind: 'file', path: path.resolve(dir, toFilePath(uri)) };
  const url = new URL(uri);
  // A fragment is never sent.
  url.hash = '';
  return { kind: 'https', url: url.href, allowPrivate };
}

/** The path that a `file` uri means, as written. */
function toFilePath(uri: string): string {
  if (/^file:\/\//i.test(uri)) return fileURLToPath(uri);
  return uri.replace(/^file:/i, '');
}
