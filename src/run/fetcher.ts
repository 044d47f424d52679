export { newFetcher } from '../model/http/fetcher.js';
export type { Network } from '../model/http/network.js';
