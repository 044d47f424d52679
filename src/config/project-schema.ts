import * as z from 'zod';
import { modelHostsSchema } from './model-hosts.js';
import { listOf, nameText, plainText, scalar, schemaText, varName } from './scalars.js';

/** The keys that every warehouse has; the others belong to its kind. */
export const warehouseKeys = {
  type: z.string().describe('Kind of the warehouse.'),
  output_schema: schemaText
    .optional()
    .describe('Schema that the predictions are published in; default predictions.'),
};

const price = z.number().min(0);

const alert = z.strictObject({
  webhook: plainText.describe(`URL that receives the event, usually \${ENV}.`),
  events: listOf(z.enum(['failed', 'refused', 'late', 'recovered']), '[failed, late]').describe(
    'Events that are sent.',
  ),
});

/** The project file but for the warehouses' own keys, which their kinds' schemas check. */
export const projectSchema = z.strictObject({
  name: nameText.describe('Name of the project.'),
  warehouses: z
    .record(nameText, z.looseObject(warehouseKeys))
    .refine((warehouses) => Object.keys(warehouses).length > 0, { error: 'expected at least one warehouse' })
    .describe(`Warehouses by name; secrets only as \${ENV}.`),
  default_warehouse: nameText
    .optional()
    .describe('Warehouse that is used without --warehouse; default the only one.'),
  ledger_schema: schemaText
    .optional()
    .describe('Schema of the ledger in each warehouse; default scorehouse.'),
  vars: z
    .record(varName, scalar)
    .optional()
    .describe('Values for {{var "name"}} in any SQL; --var overrides them.'),
  model_hosts: modelHostsSchema.optional(),
  prices: z
    .strictObject({
      snowflake_credit: price.optional().describe('Price of a Snowflake credit.'),
      bigquery_tib: price.optional().describe('Price of a TiB that BigQuery scans.'),
    })
    .optional()
    .describe('What cost figures are made from.'),
  alerts: z.array(alert).optional().describe('Where to send events.'),
});

export type WrittenProject = z.output<typeof projectSchema>;
