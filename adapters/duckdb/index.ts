import { resolve } from 'node:path';
import { defineAdapter } from '../../src/contract/index.js';
import { DuckdbAdapter } from './adapter.js';
import { type DuckdbConfig, duckdbConfigSchema } from './config.js';
import { connect, exists, openInstance } from './connection.js';
import { duckdbDialect } from './dialect.js';
import { lockDown, toReadable } from './lock-down.js';

/** DuckDB, embedded: the file is opened inside this process. */
export const duckdb = defineAdapter<DuckdbConfig>({
  kind: 'duckdb',
  configSchema: duckdbConfigSchema,
  identify: (config, projectDir) => ({
    dialect: duckdbDialect,
    user: null,
    database: findFile(config, projectDir),
  }),
  async open(config, context, signal) {
    const file = findFile(config, context.projectDir);
    const made = file !== ':memory:' && context.write && !(await exists(file));
    const instance = await openInstance({ ...context, file }, signal);
    try {
      const connection = await connect(instance);
      // A timestamp that carries no zone is read as UTC, whatever the machine's own zone.
      await connection.run("set global TimeZone = 'UTC'");
      await lockDown(connection, toReadable(context.projectDir, context.files ?? []));
      const reader = await connection.runAndReadAll('select current_database()');
      connection.closeSync();
      return new DuckdbAdapter(
        instance,
        String(reader.getRows()[0]?.[0]),
        context.memoryBytes,
        made ? file : null,
      );
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  },
});

function findFile({ path }: DuckdbConfig, projectDir: string): string {
  return path === ':memory:' ? path : resolve(projectDir, path);
}
