import * as z from 'zod';
import { toSecret } from '../../src/contract/index.js';

/** A Snowflake warehouse's own keys in scorehouse.yml. Which of them go together is checked by `resolveSettings`. */
export const snowflakeConfigSchema = z.strictObject({
  account: z
    .string()
    .min(1)
    .describe('Account identifier, such as my_organization-my_account; without snowflakecomputing.com.'),
  user: z.string().min(1).optional().describe('The user that connects; a workload identity needs none.'),
  private_key_path: z
    .string()
    .min(1)
    .optional()
    .describe('File of the private key (PEM) for key pair sign-in.'),
  private_key_passphrase: z
    .string()
    .min(1)
    .transform(toSecret)
    .optional()
    .describe("The private key's passphrase, as ${ENV}."),
  token: z
    .string()
    .min(1)
    .transform(toSecret)
    .optional()
    .describe('OAuth, programmatic access or OIDC token, as ${ENV}; `authenticator` says which.'),
  password: z
    .string()
    .min(1)
    .transform(toSecret)
    .optional()
    .describe('Password, as ${ENV}; Snowflake no longer takes one of a service user: use a key pair.'),
  authenticator: z
    .enum(['externalbrowser', 'oauth', 'programmatic_access_token', 'workload_identity'])
    .optional()
    .describe('Way to sign in where it is neither a key pair nor a password.'),
  workload_identity_provider: z
    .enum(['AWS', 'AZURE', 'GCP', 'OIDC'])
    .optional()
    .describe('Who vouches for a workload identity.'),
  role: z.string().min(1).optional().describe("Role to use; the user's default where left out."),
  warehouse: z
    .string()
    .min(1)
    .optional()
    .describe("Virtual warehouse that runs the statements; the user's default where left out."),
  database: z.string().min(1).describe('Database of the output schema.'),
  schema: z
    .string()
    .min(1)
    .optional()
    .describe("Schema of tables that SQL names without one; the user's default where left out."),
  statement_timeout: z
    .string()
    .regex(/^\d+\s*(s|min|h)$/, 'a time such as 90 s, 30 min or 2 h')
    .optional()
    .describe("Longest statement, such as 30 min; the account's limit where left out."),
  network_timeout: z.coerce
    .number()
    .int()
    .min(1)
    .max(3600)
    .optional()
    .describe('Seconds that Snowflake may be out of reach before a call fails; 60.'),
  host: z
    .string()
    .min(1)
    .optional()
    .describe('Host name where the account has one of its own, such as a private link.'),
  port: z.coerce.number().int().positive().max(65_535).optional().describe('Port of `host`; 443.'),
  protocol: z
    .enum(['https', 'http'])
    .optional()
    .describe('https; http is for imitations of Snowflake on this machine.'),
});

/** The keys as they are written. */
export type WrittenSnowflakeConfig = z.input<typeof snowflakeConfigSchema>;

export type SnowflakeConfig = z.output<typeof snowflakeConfigSchema>;
