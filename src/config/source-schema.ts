import * as z from 'zod';
import { exactlyOneOf } from './choice.js';
import { foreignName, foreignTable, pathText, sqlText, timezone } from './scalars.js';

const featureStore = z
  .strictObject({
    service: foreignName.describe('Feature service of the feature store.'),
    entities: z
      .strictObject({ sql: sqlText.describe('SELECT that returns the entities to look up.') })
      .describe('Entities whose features are looked up.'),
    as_of: foreignName.optional().describe('Column of the entities that holds the moment to look up.'),
  })
  .describe('Rows from a feature store.');

/** Where the rows come from. */
export const sourceSchema = exactlyOneOf(
  z.strictObject({
    sql: sqlText
      .optional()
      .describe('SELECT that returns one row for each score; {{var "name"}} renders a var.'),
    table: foreignTable
      .optional()
      .describe('Table or view to score: name, schema.name or database.schema.name.'),
    file: pathText.optional().describe('Parquet, CSV or JSON files to score, as a path or glob (DuckDB).'),
    dbt: foreignName.optional().describe('Name of the dbt model to score.'),
    features: featureStore.optional(),
    snapshot: z
      .enum(['auto', 'live', 'frozen'])
      .optional()
      .describe('live reads under one snapshot, frozen copies the input first, auto (default) chooses.'),
    timezone: timezone.optional().describe('Time zone of timestamps that carry none; default UTC.'),
  }),
  ['sql', 'table', 'file', 'dbt', 'features'],
).describe('Where the rows come from: exactly one of sql, table, file, dbt, features.');
