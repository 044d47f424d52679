import { canRange, canTrace, type WarehouseAdapter } from '../../src/contract/index.js';
import type { Rig } from './rig.js';

/** What an adapter may offer or not; a promise made only by those that offer it names it. */
export interface Offer {
  readonly what: string;
  offeredBy(adapter: WarehouseAdapter): boolean;
  /** True for what must happen where something is not offered: no adapter lacks it. */
  readonly opposite?: true;
}

/** One promise of the contract, checked on one adapter. */
export interface Case {
  /** `method/what-it-promises`; expectations are kept under it. */
  readonly id: string;
  readonly needs?: Offer;
  /** Throws where the promise is not kept. */
  run(rig: Rig): Promise<void>;
}

export const RANGES: Offer = { what: 'ranges', offeredBy: canRange };
export const DEPENDENTS: Offer = { what: 'dependents', offeredBy: canTrace };
export const ORDERED_READS: Offer = {
  what: 'reads in key order',
  offeredBy: ({ capabilities }) => capabilities.orderedReads,
};
export const SNAPSHOTS: Offer = {
  what: 'snapshots',
  offeredBy: ({ capabilities }) => capabilities.snapshotReads !== 'none',
};
export const SEVERAL_READERS: Offer = {
  what: 'several readers of one snapshot',
  offeredBy: (adapter) => SNAPSHOTS.offeredBy(adapter) && adapter.capabilities.limits.readers > 1,
};
export const LOAD_TRANSACTION: Offer = {
  what: 'statements in the transaction of a load',
  offeredBy: ({ capabilities }) => capabilities.loadIdempotency === 'transaction',
};

/** An offer that is not made, so that what happens then can be a case too. */
export function not({ what, offeredBy }: Offer): Offer {
  return { what: `no ${what}`, offeredBy: (adapter) => !offeredBy(adapter), opposite: true };
}

/** All of the offers. */
export function both(a: Offer, b: Offer): Offer {
  return {
    what: `${a.what} and ${b.what}`,
    offeredBy: (adapter) => a.offeredBy(adapter) && b.offeredBy(adapter),
  };
}
