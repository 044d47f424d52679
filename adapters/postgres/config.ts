import * as z from 'zod';
import { toSecret } from '../../src/contract/index.js';

/** A time as Postgres writes it: a number of milliseconds, or with a unit. */
const duration = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(us|ms|s|min|h|d)?$/, 'a time such as 5 min, 30 s or 0 for none');

/** A Postgres warehouse's own keys in scorehouse.yml: a URL, libpq's keywords, or both; a keyword wins. */
export const postgresConfigSchema = z.strictObject({
  url: z
    .string()
    .min(1)
    .transform(toSecret)
    .optional()
    .describe('Connection URL (postgres://…); or give the keywords below.'),
  host: z
    .string()
    .min(1)
    .optional()
    .describe("The server's host, or the folder of its socket; localhost where left out."),
  port: z.coerce.number().int().positive().max(65_535).optional().describe("The server's port; 5432."),
  database: z.string().min(1).optional().describe("The database; the user's name where left out."),
  dbname: z.string().min(1).optional().describe("libpq's word for `database`."),
  user: z
    .string()
    .min(1)
    .optional()
    .describe("The role that connects; the operating system's user where left out."),
  password: z
    .string()
    .min(1)
    .transform(toSecret)
    .optional()
    .describe('Its password, as ${ENV}; or a line in .pgpass.'),
  sslmode: z
    .enum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'])
    .optional()
    .describe("How TLS is used and checked, as libpq's keyword; prefer where left out."),
  sslrootcert: z
    .string()
    .min(1)
    .optional()
    .describe('File of the certificate authorities to trust; `system` for those that Node.js knows.'),
  sslcert: z.string().min(1).optional().describe("File of the client's certificate."),
  sslkey: z.string().min(1).optional().describe("File of the client certificate's key."),
  connect_timeout: z.coerce
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('Seconds to wait for a connection; 10, and 0 for no limit.'),
  application_name: z
    .string()
    .min(1)
    .optional()
    .describe('How sessions are named in pg_stat_activity; scorehouse.'),
  options: z.string().min(1).optional().describe('Settings of the session, such as -c work_mem=64MB.'),
  statement_timeout: duration
    .optional()
    .describe('Longest statement, such as 5 min; reading the source is one.'),
  lock_timeout: duration.optional().describe('Longest wait for a lock, such as 5 s.'),
});

/** The keys as they are written. */
export type WrittenPostgresConfig = z.input<typeof postgresConfigSchema>;

export type PostgresConfig = z.output<typeof postgresConfigSchema>;
