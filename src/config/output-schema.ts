import * as z from 'zod';
import { atMostOneOf } from './choice.js';
import { createdName, foreignName, positiveCount, range } from './scalars.js';

const bands = z
  .record(foreignName, z.number(), { error: 'expected upper bounds by name like { low: 0.2, high: 1.0 }' })
  .refine(isAscending, { error: 'expected ascending upper bounds' });

const calibrate = z.strictObject({
  sigmoid: z
    .tuple([z.number(), z.number()], { error: 'expected two numbers [a, b]' })
    .describe('Platt scaling 1 / (1 + exp(a x + b)).'),
});

/** A column made from an output of the model. */
const output = atMostOneOf(
  z.strictObject({
    from: foreignName.optional().describe("The model's output; default the column's own name."),
    class: z
      .union([z.string(), z.int()], { error: 'expected a class label or index' })
      .optional()
      .describe('Class label where the model has labels, else an index from 0.'),
    range: range.optional().describe('Lowest and highest score; one outside fails the gate.'),
    tolerance: z.number().min(0).optional().describe('How far outside range a score may be.'),
    nonfinite: z
      // `null` is a word here, and YAML reads the unquoted one as its null.
      .literal(['fail', 'null', 'keep', null])
      .optional()
      .describe('What NaN and infinity become: fail (default) the run, null, or keep.'),
    as: z
      .enum(['columns', 'array'])
      .optional()
      .describe('One column for each element (default), or one array.'),
    bands: bands.optional().describe('Names score bands by their upper bounds.'),
    threshold: z.number().optional().describe('Makes a boolean: true from this score on.'),
    top_k: positiveCount.optional().describe('The k best classes and their scores.'),
    calibrate: calibrate.optional().describe('Corrects probabilities.'),
  }),
  ['bands', 'threshold', 'top_k'],
)
  .refine(
    (value) =>
      value.as !== 'array' ||
      !hasAny(value, ['class', 'bands', 'threshold', 'top_k', 'calibrate', 'range', 'tolerance']),
    {
      error: 'expected no class, bands, threshold, top_k, calibrate, range or tolerance beside as: array',
    },
  )
  .refine((value) => value.range === undefined || !hasAny(value, ['bands', 'threshold']), {
    error: 'expected no range beside bands or threshold; give the score a column of its own and check that',
  })
  .refine((value) => value.top_k === undefined || value.class === undefined, {
    error: 'expected no class beside top_k',
  });

/** The prediction columns by name. */
export const outputsSchema = z
  .record(createdName, output)
  .refine((outputs) => Object.keys(outputs).length > 0, {
    error: 'expected at least one output, or no outputs key',
  })
  .describe('Prediction columns by name; default every output of the model.');

/** JavaScript puts names that are whole numbers first, so that the order in the file is not known. */
function isAscending(bounds: Readonly<Record<string, number>>): boolean {
  const values = Object.values(bounds);
  if (Object.keys(bounds).some((name) => /^\d+$/.test(name))) values.sort((a, b) => a - b);
  return values.length > 0 && values.every((value, i) => i === 0 || value > (values[i - 1] ?? value));
}

function hasAny(value: object, keys: readonly string[]): boolean {
  return keys.some((key) => Object.hasOwn(value, key));
}
