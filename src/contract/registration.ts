import type { ZodType } from 'zod';
import type { WarehouseAdapter } from './adapter.js';
import type { Dialect } from './dialect.js';

/** Where an adapter finds files that its configuration names. */
export interface OpenContext {
  /** Folder of scorehouse.yml; relative paths start here. */
  readonly projectDir: string;
  /** Absolute paths and patterns of the files that SQL may read besides the project's data folder. */
  readonly files?: readonly string[];
  /** False opens for reading only, where the warehouse knows the difference. */
  readonly write: boolean;
  /** How long to wait politely for a lock that another process holds, in milliseconds. */
  readonly lockWaitMs: number;
  /**
   * How long a warehouse that does not answer is asked how a commit ended, in milliseconds, where answers can be lost;
   * the adapter's own limit where left out.
   */
  readonly outcomeWaitMs?: number;
  /** Memory the warehouse's engine may take inside this process, in bytes. */
  readonly memoryBytes: number;
  /** Cores this process may use. */
  readonly cores: number;
}

/** Who connects, and to what, as the configuration has it. */
export interface WarehouseIdentity {
  readonly dialect: Dialect;
  /** The role that connects; null where a file's permissions are all the rights that there are. */
  readonly user: string | null;
  /** The database's name, or its file. */
  readonly database: string;
}

/** What a kind of warehouse registers. */
export interface AdapterDefinition<Config> {
  readonly kind: string;
  /** Shape of the warehouse's entry in scorehouse.yml, without `type`. */
  readonly configSchema: ZodType<Config>;
  /** Told without connecting: the role may not be there yet. */
  identify(config: Config, projectDir: string): WarehouseIdentity;
  open(config: Config, context: OpenContext, signal: AbortSignal): Promise<WarehouseAdapter>;
}

/** Keeps the configuration's type from schema to `open`. */
export function defineAdapter<Config>(definition: AdapterDefinition<Config>): AdapterDefinition<Config> {
  return definition;
}
