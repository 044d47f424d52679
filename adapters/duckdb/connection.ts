import { access, constants } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance, type DuckDBPreparedStatement } from '@duckdb/node-api';
import { ScoringError } from '../../src/contract/index.js';
import { toWarehouseError } from './errors.js';

export interface OpenOptions {
  readonly file: string;
  readonly write: boolean;
  readonly memoryBytes: number;
  readonly lockWaitMs: number;
  readonly cores: number;
}

const LOCK_POLL_MS = 100;

/** Rows that DuckDB's threads prepare while this process is busy elsewhere; its default of 1 MB starves them. */
const STREAM_BUFFER_BYTES = 32_000_000;

/** Opens the file, waiting politely for another process's lock. */
export async function openInstance(options: OpenOptions, signal: AbortSignal): Promise<DuckDBInstance> {
  const deadline = Date.now() + options.lockWaitMs;
  const settings: Record<string, string> = {
    memory_limit: toKibibytes(options.memoryBytes),
    threads: String(options.cores),
    // Freed memory goes back to the machine sooner than by default (128 MB): 20 MB less at the peak, no slower.
    allocator_flush_threshold: '16MB',
    autoinstall_known_extensions: 'false',
    access_mode: options.write ? 'READ_WRITE' : 'READ_ONLY',
  };
  if (!options.write && !(await exists(options.file))) {
    throw new ScoringError(`no DuckDB file at ${options.file}`, {
      code: 'SOURCE_INVALID',
      stage: 'connect',
      hint: "Check the warehouse's `path` in scorehouse.yml; it is relative to that file.",
    });
  }
  for (;;) {
    try {
      return await DuckDBInstance.create(options.file, settings);
    } catch (cause) {
      const error = toWarehouseError(cause, 'connect', 'open');
      if (error.code !== 'LEASE_HELD' || Date.now() >= deadline) throw error;
      await sleep(LOCK_POLL_MS, undefined, { signal });
    }
  }
}

/** True where there is such a file. */
export async function exists(file: string): Promise<boolean> {
  return access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
}

function toKibibytes(bytes: number): string {
  return `${Math.floor(bytes / 1024)}KiB`;
}

/** Sets what the whole instance may take. */
export async function setMemoryLimit(connection: DuckDBConnection, bytes: number): Promise<void> {
  await connection.run(`set global memory_limit = '${toKibibytes(bytes)}'`);
}

/** A fresh connection of the instance. */
export async function connect(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run(`set streaming_buffer_size = '${STREAM_BUFFER_BYTES}B'`);
  return connection;
}

/** The text as the one statement that it must be: DuckDB itself would run all that it holds. */
export async function prepareOne(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new Error(`Parser Error: ${statements.count} statements where there must be one`);
  }
  return await statements.prepare(0);
}
