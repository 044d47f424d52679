import { findCacheDir } from './cache.js';
import { NETWORK, type Network } from './network.js';

/** What one command fetches models with, and has fetched. */
export interface Fetcher {
  readonly network: Network;
  readonly cacheDir: string;
  /** True where the environment tells Node to believe every certificate. */
  readonly trustsAnybody: boolean;
  readonly signal: AbortSignal;
  /** Hashes by pin and address: a command asks once. */
  readonly fetched: Map<string, Promise<string>>;
}

/** What a command fetches with. */
export function newFetcher(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  network: Network = NETWORK,
): Fetcher {
  return {
    network,
    cacheDir: findCacheDir(env),
    trustsAnybody: env.NODE_TLS_REJECT_UNAUTHORIZED === '0',
    signal,
    fetched: new Map(),
  };
}
