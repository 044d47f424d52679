import type { ResolvedTarget } from '../../src/config/index.js';
import type { WarehouseSession } from '../../src/run/session.js';
import { queryAll } from '../support/duckdb.js';
import type { House } from '../support/house.js';
import { openHouse } from '../support/watched-run.js';

/** The rows of a query, every value as text. */
export type Rows = readonly (readonly (string | null)[])[];

/** A house that is open for questions. */
export interface Asking {
  readonly session: WarehouseSession;
  readonly target: ResolvedTarget;
  ask(sql: string): Promise<Rows>;
}

/** Opens a house once for many questions, and closes it. */
export async function asking<T>(house: House, work: (open: Asking) => Promise<T>): Promise<T> {
  const { session, targets } = await openHouse(house);
  await using adapter = session.adapter;
  const [target] = targets;
  if (target === undefined) throw new Error('the project has no target');
  const ask = async (sql: string) =>
    (await queryAll(adapter, sql)).map((row) => row.map((value) => (value === null ? null : String(value))));
  return await work({ session, target, ask });
}
