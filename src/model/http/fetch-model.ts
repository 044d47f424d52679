import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { addAbortSignal } from 'node:stream';
import type { ModelPlace } from '../../config/index.js';
import { isScoringError, ScoringError } from '../../contract/index.js';
import { assertPin } from '../pin.js';
import { openIncoming, readKept, readLast, writeLast } from './cache.js';
import { assertFile, readEtag, tooLarge } from './check-answer.js';
import { failed, refused, toFetchError } from './errors.js';
import type { Fetcher } from './fetcher.js';
import { get } from './get.js';
import { type TimeWatch, watchTime } from './watch-time.js';

type HttpsPlace = Extract<ModelPlace, { readonly kind: 'https' }>;

/** A model as it came from its server, or was kept. */
export interface FetchedModel {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * The bytes of a model that is on a server. A pinned one that is kept already needs no network; else the server is
 * asked whether it still is what it gave last.
 *
 * @param pin lower-case sha256
 * @throws MODEL_INVALID, PERMISSION, ENVIRONMENT, CONNECTION, TIMEOUT, DISK_FULL, INTERRUPTED
 */
export async function fetchModel(
  place: HttpsPlace,
  pin: string | undefined,
  fetcher: Fetcher,
): Promise<FetchedModel> {
  const pinned = pin === undefined ? null : await readFetched(pin, fetcher);
  if (pinned !== null) return pinned;
  // A kept file that is damaged is thrown away by reading it; what comes then is whole.
  const found =
    (await readFetched(await fetchOnce(place, pin, fetcher), fetcher)) ??
    (await readFetched(await fetchAnew(place, pin, fetcher), fetcher));
  if (found !== null) return found;
  throw new ScoringError(`what is kept in ${fetcher.cacheDir} changes while it is read`, {
    code: 'ENVIRONMENT',
    stage: 'model',
    hint: 'Look at the disk, and at who else deletes or writes there.',
  });
}

async function readFetched(sha256: string, { cacheDir }: Fetcher): Promise<FetchedModel | null> {
  const bytes = await readKept(cacheDir, sha256);
  return bytes === null ? null : { sha256, bytes };
}

/** Asks the server unless this command has. Whoever tries again after a failure asks again. */
async function fetchOnce(place: HttpsPlace, pin: string | undefined, fetcher: Fetcher): Promise<string> {
  const { fetched } = fetcher;
  const key = `${pin ?? ''} ${place.url}`;
  const fetching = fetched.get(key) ?? fetchAnew(place, pin, fetcher);
  fetched.set(key, fetching);
  try {
    return await fetching;
  } catch (error) {
    fetched.delete(key);
    throw error;
  }
}

/** Asks the server. Returns the hash of what is kept then. */
async function fetchAnew(place: HttpsPlace, pin: string | undefined, fetcher: Fetcher): Promise<string> {
  assertChecked(fetcher);
  const { cacheDir, network, signal } = fetcher;
  const url = new URL(place.url);
  const known = await readLast(cacheDir, place.url);
  using watch = watchTime(signal, network.limits);
  try {
    const answer = await get({ ...place, url }, known?.etag ?? null, network, watch);
    try {
      if (answer.statusCode === 304 && known !== null) return known.sha256;
      assertFile(answer, network.limits.maxBytes);
      const sha256 = await keep(answer, pin, fetcher, watch);
      const etag = readEtag(answer);
      if (etag !== null) await writeLast(cacheDir, place.url, { etag, sha256 });
      return sha256;
    } finally {
      answer.destroy();
    }
  } catch (error) {
    throw toFetchError(error, url.host, watch.signal);
  }
}

/** Keeps the file under its hash; nothing is left of one that does not come in full, or is not the pinned one. */
async function keep(
  answer: IncomingMessage,
  pin: string | undefined,
  { cacheDir, network }: Fetcher,
  watch: TimeWatch,
): Promise<string> {
  const { maxBytes, totalMs } = network.limits;
  await using file = await openIncoming(cacheDir, totalMs);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const block of addAbortSignal(watch.signal, answer) as AsyncIterable<Uint8Array>) {
      watch.touch();
      bytes += block.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(block);
      await file.write(block);
    }
  } catch (cause) {
    throw isScoringError(cause) ? cause : failed('it was cut short', { cause });
  }
  if (bytes === 0) throw refused('not fetched: the file is empty', 'Have it copied to the server again.');
  const sha256 = hash.digest('hex');
  assertPin(sha256, pin);
  await file.keep(sha256);
  return sha256;
}

function assertChecked({ trustsAnybody }: Fetcher): void {
  if (!trustsAnybody) return;
  throw new ScoringError('not fetched: NODE_TLS_REJECT_UNAUTHORIZED=0 switches the checks of servers off', {
    code: 'ENVIRONMENT',
    stage: 'model',
    hint: "Unset it; where the server is your company's, name the file with its authority in NODE_EXTRA_CA_CERTS.",
  });
}
