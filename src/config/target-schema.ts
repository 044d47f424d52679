import * as z from 'zod';
import { checksSchema, errorsSchema, goldenSchema, testsSchema } from './check-schema.js';
import { exactlyOneOf } from './choice.js';
import { featuresSchema } from './feature-schema.js';
import { modelSchema, modelsSchema } from './model-schema.js';
import { limitsSchema, resourcesSchema, scheduleSchema, sloSchema } from './operation-schema.js';
import { outputsSchema } from './output-schema.js';
import { foreignName, listOf, nameText, plainText, tagText } from './scalars.js';
import { sourceSchema } from './source-schema.js';
import { incrementalSchema, writeSchema } from './write-schema.js';

const onDuplicate = z.union([
  z.literal('fail'),
  z.strictObject({ latest_by: foreignName.describe('Column whose greatest value wins.') }),
]);

/** One file of targets/, as it is written. */
export const targetSchema = exactlyOneOf(
  z.strictObject({
    name: nameText.describe('Name of the target, unique in the project.'),
    description: plainText.optional().describe('What the predictions mean, for readers of the table.'),
    owner: plainText.optional().describe('Person or team to ask.'),
    tags: z.array(tagText).optional().describe('Labels for --select tag:….'),
    source: sourceSchema,
    key: listOf(foreignName, '[customer_id]').describe(
      'Columns that tell rows apart; no NULLs, no duplicates.',
    ),
    on_duplicate: onDuplicate
      .optional()
      .describe('What two rows of one key do: fail (default), or { latest_by: column }.'),
    allow_empty: z.boolean().optional().describe('True publishes an empty input; default false refuses it.'),
    model: modelSchema.optional(),
    models: modelsSchema.optional(),
    features: featuresSchema.optional(),
    outputs: outputsSchema.optional(),
    passthrough: z
      .array(foreignName)
      .optional()
      .describe('Source columns that are copied beside the predictions.'),
    write: writeSchema.optional(),
    incremental: incrementalSchema.optional(),
    on_new_model: z
      .enum(['all', 'window', 'new_only'])
      .optional()
      .describe('Rows that a new model scores again: all (default), those in the window, or new_only.'),
    checks: checksSchema.optional(),
    errors: errorsSchema.optional(),
    golden: goldenSchema.optional(),
    tests: testsSchema.optional(),
    resources: resourcesSchema.optional(),
    limits: limitsSchema.optional(),
    schedule: scheduleSchema.optional(),
    slo: sloSchema.optional(),
  }),
  ['model', 'models'],
);

export type WrittenTarget = z.output<typeof targetSchema>;
