import {
  type BigqueryConfig,
  bigqueryConfigSchema,
  type WrittenBigqueryConfig,
} from '../../adapters/bigquery/config.js';
import { bigquery } from '../../adapters/bigquery/index.js';
import type { OpenContext, WarehouseAdapter } from '../../src/contract/index.js';
import { PROJECT } from './standins/bigquery.js';

/** Opens BigQuery as a run does; the stand-in behind the ports where the configuration names nothing else. */
export async function openBigquery(
  ports: readonly number[],
  config: Partial<WrittenBigqueryConfig> = {},
  context: Partial<OpenContext> = {},
): Promise<WarehouseAdapter> {
  return await bigquery.open(
    parseConfig(ports, config),
    { projectDir: '.', write: true, lockWaitMs: 0, memoryBytes: 1e9, cores: 2, ...context },
    new AbortController().signal,
  );
}

function parseConfig(
  [rest, grpc]: readonly number[],
  config: Partial<WrittenBigqueryConfig>,
): BigqueryConfig {
  return bigqueryConfigSchema.parse({
    project: PROJECT,
    api_endpoint: `http://127.0.0.1:${rest}`,
    storage_endpoint: `127.0.0.1:${grpc}`,
    ...config,
  });
}
