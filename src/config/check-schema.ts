import * as z from 'zod';
import { foreignName, pathText, plainText, range, scalar, sqlText } from './scalars.js';

const over = z
  .enum(['result', 'staged'])
  .optional()
  .describe('result (default) is the table as it would be published, staged only the rows of this run.');
const column = foreignName.describe('Column of the predictions: an output, or one of key and passthrough.');

const check = z.union([
  z.strictObject({
    column,
    max_null_rate: z.number().min(0).max(1).describe('Highest share of NULLs, 0 to 1.'),
    over,
  }),
  z.strictObject({
    column,
    psi_vs: z
      .literal('live')
      .describe("Compares a number's distribution with the live version, in ten bins by its deciles."),
    max: z.number().min(0).describe('Highest population stability index.'),
    over,
  }),
  z.strictObject({
    sql: sqlText.describe(
      'SELECT of one boolean; false or NULL refuses the run. {{this}} is the table that `over` says.',
    ),
    over,
  }),
]);

/** Gates before anybody reads. */
export const checksSchema = z
  .array(check, { error: 'expected a list like [{ column: score, max_null_rate: 0 }]' })
  .describe('Checks on the predictions before they are published.');

export type WrittenCheck = z.output<typeof check>;

/** A rate or a count. */
const budgetError = { error: 'expected a number of rows, or a rate like 0.01 or "1 %"' };
const budget = z
  .union(
    [z.int().min(0), z.number().gt(0).lt(1, budgetError), z.string().regex(/^\d{1,2}(\.\d+)? *%$/)],
    budgetError,
  )
  .describe('Rejected rows that a run may have, as a count or a rate; default 0.');

/** What happens to rejected rows. */
export const errorsSchema = z
  .strictObject({
    budget: budget.optional(),
    quarantine: z
      .boolean()
      .optional()
      .describe('True (default) records rejected rows in the quarantine table.'),
    rejected_rows: z
      .literal(['drop', 'keep_previous', 'null', null])
      .optional()
      .describe('What is published for a rejected row: drop (default) it, keep_previous score, or null.'),
  })
  .describe('What happens to rows that cannot be scored.');

export type WrittenErrors = z.output<typeof errorsSchema>;

export const goldenSchema = z
  .strictObject({
    file: pathText.describe('CSV of rows with expected scores.'),
    tolerance: z.number().min(0).optional().describe('How far a score may be from the expected one.'),
  })
  .describe('Rows with known scores, scored on this host before every run.');

const near = z.strictObject({
  near: z.number().describe('Expected number.'),
  within: z.number().min(0).describe('How far from it is still right.'),
});

const test = z.strictObject({
  name: plainText.optional().describe('What the test shows.'),
  given: z.record(foreignName, z.union([scalar, z.null()])).describe('Feature values by column.'),
  expect: z
    .record(foreignName, z.union([scalar, z.null(), near, range]))
    .describe('Expected scores by column.'),
});

/** Examples that `scorehouse test` scores. */
export const testsSchema = z
  .array(test, { error: 'expected a list like [{ given: { … }, expect: { … } }]' })
  .describe('Examples that `scorehouse test` scores.');
