import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { failed, refused } from './errors.js';
import type { Network } from './network.js';
import { type Destination, openConnection } from './open-connection.js';
import { orAborted, type TimeWatch } from './watch-time.js';

const MAX_REDIRECTS = 3;
/** Longest name of a host. */
const MAX_HOST = 255;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Asks a server for a file and follows it to other addresses of the same host. The caller destroys the answer.
 *
 * @param etag of what is known; an answer of 304 says that it is still so
 */
export async function get(
  from: Destination,
  etag: string | null,
  network: Network,
  watch: TimeWatch,
): Promise<IncomingMessage> {
  let { url } = from;
  for (let redirects = 0; ; redirects++) {
    const socket = await openConnection({ ...from, url }, network, watch);
    watch.touch();
    const answer = await ask(url, socket, etag, watch.signal);
    watch.touch();
    if (!REDIRECTS.includes(answer.statusCode ?? 0)) return answer;
    answer.destroy();
    if (redirects === MAX_REDIRECTS) {
      throw refused(
        `not fetched: the server sends on more than ${MAX_REDIRECTS} times`,
        'Write the address where it ends.',
      );
    }
    url = follow(url, answer.headers.location);
  }
}

/** One question and its answer, of which the body has not come yet. The connection ends with it. */
async function ask(
  url: URL,
  socket: TLSSocket,
  etag: string | null,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const asking = request(url, {
    createConnection: () => socket,
    // Without an agent Node takes another for granted, and writes this one into the Host header.
    defaultPort: 443,
    headers: {
      accept: '*/*',
      // A packed body could be a thousand times larger than it looks.
      'accept-encoding': 'identity',
      'user-agent': 'scorehouse',
      ...(etag === null ? {} : { 'if-none-match': etag }),
    },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    asking.on('response', resolve).on('error', reject);
  });
  try {
    asking.end();
    return await orAborted(answered, signal);
  } catch (error) {
    asking.destroy();
    socket.destroy();
    throw error;
  }
}

/** Where a redirect leads: another host would be one that nobody has listed. */
function follow(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw failed('the server sends on, and does not say where');
  }
  const to = new URL(location, from);
  if (to.protocol === 'https:' && to.host === from.host && to.username === '' && to.password === '')
    return to;
  const host = to.host.slice(0, MAX_HOST);
  const where = to.protocol === 'https:' ? `another host, ${host}` : `${to.protocol}//${host}`;
  throw refused(
    `not fetched: the server sends on to ${where}`,
    'Only addresses of the same host are followed: write the one where it ends, and list its host in model_hosts.',
  );
}
