import * as z from 'zod';
import { createdTable, duration, foreignName, listOf, positiveCount } from './scalars.js';

const columns = z.union([foreignName, listOf(foreignName, '[region]')]);

/** Where and how predictions are published. */
export const writeSchema = z
  .strictObject({
    table: createdTable
      .optional()
      .describe('View that readers use, name or schema.name; default the target name.'),
    strategy: z
      .enum(['swap', 'merge'])
      .optional()
      .describe('swap (default) makes a new version table each run, merge writes into the live one.'),
    deletes: z
      .enum(['drop', 'keep'])
      .optional()
      .describe('Rows gone from the source: drop (default) or keep.'),
    keep_versions: positiveCount.optional().describe('Version tables to keep; default 3.'),
    history: z.boolean().optional().describe('True keeps every score with its validity; default false.'),
    on_column_change: z
      .enum(['refuse', 'recreate'])
      .optional()
      .describe('When the columns change: refuse (default), or recreate the view.'),
    quote: z
      .boolean()
      .optional()
      .describe("True keeps names as written; default false folds to the warehouse's case."),
    grants: z
      .strictObject({
        select: listOf(foreignName, '[bi_reader]').describe('Roles that may read the predictions.'),
      })
      .optional()
      .describe('Who may read the predictions.'),
    partition_by: columns.optional().describe('Columns that the version tables are partitioned by.'),
    cluster_by: columns.optional().describe('Columns that the version tables are clustered by.'),
    indexes: listOf(columns, '[region, [plan, region]]')
      .optional()
      .describe('Indexes, each a column or a list.'),
  })
  .describe('Where and how predictions are published.');

/** Scoring only what changed. */
export const incrementalSchema = z
  .union([
    z.strictObject({
      column: foreignName.describe('Column that grows when a row changes.'),
      lookback: duration.optional().describe('How far back of the last value to look again.'),
    }),
    z.strictObject({ by: z.literal('fingerprint').describe('Rows whose features changed.') }),
  ])
  .describe('Scores only rows that are new or changed.');
