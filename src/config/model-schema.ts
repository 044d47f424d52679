import * as z from 'zod';
import { isModelUri } from './model-uri.js';
import { foreignName, listOf, nameText, pathText, positiveCount } from './scalars.js';

const tokenizer = z
  .strictObject({
    file: pathText.describe('The tokenizer.json.'),
    column: foreignName.describe('Column that holds the text.'),
    max_length: positiveCount.optional().describe('Most tokens of a text; longer ones are cut.'),
  })
  .describe('Turns a text column into tokens for a text model.');

const modelKeys = {
  uri: pathText
    .refine(isModelUri, { error: 'expected a file path or a file:, https:, s3:, gs:, az: or models: URI' })
    .describe('The ONNX model: a file path, or a file:, https:, s3:, gs:, az: or models: URI.'),
  sha256: z
    .string({ error: 'expected 64 hexadecimal digits' })
    .regex(/^[0-9a-fA-F]{64}$/, { error: 'expected 64 hexadecimal digits' })
    .optional()
    .describe('SHA-256 of the file, checked before the model is opened.'),
  external_data: z
    .boolean()
    .optional()
    .describe('True allows weights in files beside the model; default false.'),
  tokenizer: tokenizer.optional(),
  provider: z
    .enum(['cpu', 'cuda', 'coreml', 'dml'])
    .optional()
    .describe('Execution provider of the ONNX engine; default cpu.'),
};

/** The one model of a target. */
export const modelSchema = z.strictObject(modelKeys).describe('The model that scores the rows.');

/** Several models of a target, told apart by name. */
export const modelsSchema = listOf(
  z.strictObject({ name: nameText.describe('Prefix of the columns of this model.'), ...modelKeys }),
  '[{ name: champion, uri: models/a.onnx }, { name: challenger, uri: models/b.onnx }]',
).describe('Several models over the same rows; their columns get the name of the model.');
