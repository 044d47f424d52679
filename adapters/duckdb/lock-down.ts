import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbDialect } from './dialect.js';

/** Files and folders that SQL may read, absolute. */
export interface Readable {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** Settings that change after the lock: none lets SQL reach further. */
const CHANGED_LATER = ['memory_limit', 'streaming_buffer_size', 'TimeZone', 'checkpoint_threshold'];

/** Where the part of a path that is a folder's name for sure ends. */
const PATTERN = /[*?[{]/;

/** What SQL may read: the project's data folder, and what its targets name; of a pattern, the folder above it. */
export function toReadable(projectDir: string, named: readonly string[]): Readable {
  const files = named.filter((path) => !PATTERN.test(path));
  const patterns = named.filter((path) => PATTERN.test(path));
  const folders = patterns.map((path) => dirname(`${path.slice(0, path.search(PATTERN))}x`));
  return { files, folders: [join(projectDir, 'data'), ...folders] };
}

/**
 * Locks an open database for good: SQL reaches no files but those given, no network, no extension that is not inside,
 * and can change none of this. The database, its log and its spill folder stay DuckDB's own.
 */
export async function lockDown(connection: DuckDBConnection, { files, folders }: Readable): Promise<void> {
  for (const [name, value] of [
    ['autoinstall_known_extensions', 'false'],
    ['autoload_known_extensions', 'false'],
    ['allow_community_extensions', 'false'],
    ['allow_persistent_secrets', 'false'],
    ['allowed_paths', toList(files)],
    ['allowed_directories', toList(folders)],
    ['allowed_configs', toList(CHANGED_LATER)],
    ['enable_external_access', 'false'],
    // The last one: it holds for itself too.
    ['lock_configuration', 'true'],
  ] as const) {
    await connection.run(`set global ${name} = ${value}`);
  }
}

function toList(texts: readonly string[]): string {
  return `[${texts.map((text) => duckdbDialect.literal({ type: { kind: 'text' }, text })).join(', ')}]`;
}
