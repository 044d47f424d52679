import * as z from 'zod';
import { byteSize, clockTime, cron, duration, listOf, nameText, positiveCount, timezone } from './scalars.js';

/** What a run may use of this host. */
export const resourcesSchema = z
  .strictObject({
    chunk_rows: z
      .int()
      .min(1)
      .max(10_000_000)
      .optional()
      .describe('Rows read and scored together; default 65536.'),
    workers: z
      .union([z.literal('auto'), z.int().min(1).max(1024)], {
        error: 'expected auto or a number from 1 to 1024',
      })
      .optional()
      .describe('Scoring processes; auto (default) follows the number of cores.'),
    memory: byteSize.optional().describe('Memory for chunks in flight, like "1 GiB" (default).'),
  })
  .describe('What a run may use of this host.');

export const limitsSchema = z
  .strictObject({
    rows: positiveCount.optional().describe('Most rows of the source.'),
    bytes_billed: byteSize.optional().describe('Most bytes that the warehouse may bill, like "100 GB".'),
    duration: duration
      .optional()
      .describe('Longest run, like "2 h"; it stops then, and a later one goes on.'),
    cost: z.number().min(0).optional().describe('Highest estimated cost, in the currency of prices.'),
  })
  .describe('Where a run stops, cleanly, before it takes or costs more than it should.');

export const scheduleSchema = z
  .strictObject({
    cron: cron.describe('Five cron fields: minute, hour, day, month, weekday.'),
    timezone: timezone.optional().describe('Time zone of the cron fields; default UTC.'),
    only: listOf(nameText, '[prod]').optional().describe('Warehouses that the schedule applies to.'),
    missed: z
      .enum(['latest', 'all', 'skip'])
      .optional()
      .describe('Which missed runs are caught up on: latest (default), all, or skip.'),
  })
  .describe('When `scorehouse worker` runs the target.');

export const sloSchema = z
  .strictObject({
    ready_by: clockTime.optional().describe('Time of day when predictions must be there, like "06:00".'),
    max_age: duration.optional().describe('Greatest age of the predictions, like "26 h".'),
  })
  .describe('How fresh the predictions must be.');
