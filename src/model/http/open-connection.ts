import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { reachOf } from './addresses.js';
import { failed, refused } from './errors.js';
import type { Network } from './network.js';
import { orAborted, type TimeWatch } from './watch-time.js';

/** Where a connection goes, and whether into a private network. */
export interface Destination {
  readonly url: URL;
  readonly allowPrivate: boolean;
}

/**
 * Connects to a host by TLS: its name is resolved once, every address of it is looked at, and the connection goes to
 * one of these. So whoever answers for the name cannot lead it elsewhere afterwards. The caller destroys the socket.
 *
 * @throws MODEL_INVALID where one of the addresses is none that a model may come from
 */
export async function openConnection(
  { url, allowPrivate }: Destination,
  network: Network,
  { signal, touch }: TimeWatch,
): Promise<TLSSocket> {
  // Brackets are how an address stands for IPv6, and no part of it.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await orAborted(network.resolve(host), signal) : [host];
  for (const address of addresses) assertReach(host, address, allowPrivate);
  const port = url.port === '' ? 443 : Number(url.port);
  let last: unknown = failed(`no address is known of ${host}`);
  for (const address of addresses) {
    touch();
    try {
      return await connectTo(address, port, host, network, signal);
    } catch (error) {
      signal.throwIfAborted();
      last = error;
    }
  }
  throw last;
}

async function connectTo(
  address: string,
  port: number,
  host: string,
  { connect: open, ca, limits }: Network,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const raw = open(address, port);
  const socket = connect({
    socket: raw,
    host,
    // Names only: an address has none to ask for.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ALPNProtocols: ['http/1.1'],
    // Said, so that no variable of the environment says otherwise.
    rejectUnauthorized: true,
  });
  // Whoever uses the connection hears of an error too; nobody else must end the process.
  for (const each of [raw, socket]) each.on('error', () => undefined);
  const late = setTimeout(() => socket.destroy(failed(`${host} does not answer`)), limits.connectMs);
  try {
    // A connection that fails tells so on the socket below; TLS would only say that it was closed.
    await Promise.race([
      once(socket, 'secureConnect', { signal }),
      once(raw, 'error', { signal }).then(([error]) => Promise.reject(error)),
    ]);
    return socket;
  } catch (error) {
    socket.destroy();
    raw.destroy();
    throw error;
  } finally {
    clearTimeout(late);
  }
}

function assertReach(host: string, address: string, allowPrivate: boolean): void {
  const reach = reachOf(address);
  if (reach === 'public' || (reach === 'private' && allowPrivate)) return;
  const leads = host === address ? `${host} is` : `${host} leads to ${address},`;
  if (reach === 'private') {
    throw refused(
      `not fetched: ${leads} an address of a private network`,
      `Where the host is your own, say so in scorehouse.yml: model_hosts: [{ host: "${host}", private: true }].`,
    );
  }
  throw refused(
    `not fetched: ${leads} no address of the internet`,
    'Addresses of this machine, of its link and of metadata services are never asked for a model: name another host, or copy the file and name its path.',
  );
}
