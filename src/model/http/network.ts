import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';

/** How long a fetch may take, and how much it may bring. */
export interface FetchLimits {
  /** Most time until one address of the host answers, with TLS, in milliseconds. */
  readonly connectMs: number;
  /** Most time in which nothing comes. */
  readonly idleMs: number;
  /** Most time of all, so that a byte now and then does not hold a run for ever. */
  readonly totalMs: number;
  readonly maxBytes: number;
}

/** The network as models come through it. Tests put their own server in its place. */
export interface Network {
  /** All addresses of a host's name. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** Connects to an address that was looked at, and to no other. */
  readonly connect: (address: string, port: number) => Socket;
  /** The authorities that certificates are checked by; those of Node (and NODE_EXTRA_CA_CERTS) where left out. */
  readonly ca?: string;
  readonly limits: FetchLimits;
}

/** The machine's own network. */
export const NETWORK: Network = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  connect: (address, port) => connect({ host: address, port }),
  limits: {
    connectMs: 10_000,
    idleMs: 30_000,
    totalMs: 60 * 60_000,
    // Protobuf's own limit.
    maxBytes: 2 ** 31 - 1,
  },
};
