import type { ResolvedProject, ResolvedWarehouse } from '../config/index.js';
import { Redactor, type WarehouseAdapter } from '../contract/index.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Fetcher } from '../model/http/fetcher.js';
import { newRenderer } from '../sql/renderer.js';

/** An open warehouse with its ledger: what every command works with. */
export interface WarehouseSession {
  readonly project: ResolvedProject;
  readonly warehouse: ResolvedWarehouse;
  readonly adapter: WarehouseAdapter;
  readonly ledger: Ledger;
  /** Takes the project's secrets out of what is told and recorded. */
  readonly redactor: Redactor;
  /** Cores this process may use. */
  readonly cores: number;
  /** What models from servers come through. */
  readonly fetcher: Fetcher;
}

export function newSession(
  project: ResolvedProject,
  warehouse: ResolvedWarehouse,
  adapter: WarehouseAdapter,
  cores: number,
  fetcher: Fetcher,
): WarehouseSession {
  const { database, schema } = project.ledgerSchema;
  const { dialect } = adapter;
  const ledger = {
    adapter,
    sql: newRenderer(dialect),
    schema: {
      ...(database === undefined ? {} : { database: dialect.fold(database) }),
      schema: dialect.fold(schema),
    },
  };
  const redactor = new Redactor(project.secrets);
  return { project, warehouse, adapter, ledger, redactor, cores, fetcher };
}
