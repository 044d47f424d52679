import type { Snapshot, WarehouseAdapter } from '../contract/index.js';

/** A moment that reads and counts share; null where the warehouse has none, and only a frozen input stands still. */
export async function takeSnapshot(adapter: WarehouseAdapter, signal: AbortSignal): Promise<Snapshot | null> {
  return adapter.capabilities.snapshotReads === 'none' ? null : await adapter.snapshot(signal);
}

/** The snapshot as an option of a read or query. */
export function under(snapshot: Snapshot | null): { readonly snapshot?: Snapshot } {
  return snapshot === null ? {} : { snapshot };
}
