import type { ResolvedProject, ResolvedWarehouse } from '../config/index.js';
import type { WarehouseAdapter } from '../contract/index.js';
import type { Ledger } from '../ledger/ledger.js';
import { newRenderer } from '../sql/renderer.js';

/** An open warehouse with its ledger: what every command works with. */
export interface WarehouseSession {
  readonly project: ResolvedProject;
  readonly warehouse: ResolvedWarehouse;
  readonly adapter: WarehouseAdapter;
  readonly ledger: Ledger;
  /** Cores this process may use. */
  readonly cores: number;
}

export function newSession(
  project: ResolvedProject,
  warehouse: ResolvedWarehouse,
  adapter: WarehouseAdapter,
  cores: number,
): WarehouseSession {
  const ledger = { adapter, sql: newRenderer(adapter.dialect), schema: project.ledgerSchema };
  return { project, warehouse, adapter, ledger, cores };
}
