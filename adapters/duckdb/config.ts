import * as z from 'zod';

/** A DuckDB warehouse's own keys in scorehouse.yml. */
export const duckdbConfigSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe('The database file, relative to the project folder; made when it is not there.'),
});

export type DuckdbConfig = z.infer<typeof duckdbConfigSchema>;
