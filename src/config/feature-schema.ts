import * as z from 'zod';
import { foreignName, listOf, range, scalar } from './scalars.js';

const TENSOR_TYPES = [
  'float16',
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
] as const;

const replacement = z.strictObject({ value: scalar.describe('Value that is put in instead.') });

const featureKeys = {
  type: z
    .enum(TENSOR_TYPES)
    .optional()
    .describe('Tensor type to convert the column to; default what the model asks.'),
  nulls: z
    .union([z.enum(['fail', 'nan', 'quarantine']), replacement])
    .optional()
    .describe(
      'What a NULL becomes: fail (default) the run, nan, quarantine the row, or { value: … }. Where written, NaN too.',
    ),
  allowed: listOf(scalar, '[basic, pro]').optional().describe('The values that the model knows.'),
  unseen: z
    .union([z.enum(['pass', 'quarantine']), replacement])
    .optional()
    .describe('What a value outside allowed becomes: pass, quarantine (default) or { value: … }.'),
  range: range.optional().describe('Lowest and highest value; a row outside is rejected.'),
};

const listed = z.union([
  foreignName,
  z.strictObject({ name: foreignName.describe('Column of the source query.'), ...featureKeys }),
]);

const mapped = z.strictObject({
  column: foreignName.optional().describe("Column of the source query; default the input's own name."),
  ...featureKeys,
});

/** How columns become the model's inputs. */
export const featuresSchema = z
  .union([
    listOf(listed, '[tenure, { name: age, nulls: nan }]').describe("Columns in the model's order."),
    z.record(foreignName, mapped).describe('By name of the model input.'),
  ])
  .describe("The model's inputs: a mapping by input name, or a list of columns in the model's order.");

export type WrittenFeatures = z.output<typeof featuresSchema>;
