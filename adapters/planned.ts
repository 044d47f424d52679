import * as z from 'zod';
import { toSecret } from '../src/contract/index.js';

/**
 * Shapes of the warehouses that are planned and not built yet, so that a project may name them beside one that is.
 * Choosing one for a run is an error that says so.
 */
export const PLANNED_SCHEMAS = {
  snowflake: z.strictObject({
    account: z.string().min(1).describe('Account identifier.'),
    user: z.string().min(1).describe('The user that connects.'),
    private_key_path: z.string().optional().describe('File of the private key for key pair sign-in.'),
    password: z.string().transform(toSecret).optional().describe('Password, as ${ENV}; a key pair is safer.'),
    token: z
      .string()
      .transform(toSecret)
      .optional()
      .describe('OAuth or programmatic access token, as ${ENV}.'),
    authenticator: z.string().optional().describe('Way to sign in, such as externalbrowser.'),
    role: z.string().optional().describe('Role to use.'),
    warehouse: z.string().optional().describe('Virtual warehouse that runs the statements.'),
    database: z.string().min(1).describe('Database of the output schema.'),
  }),
  bigquery: z.strictObject({
    project: z.string().min(1).describe('Project that runs the jobs.'),
    location: z.string().optional().describe('Location of the data sets, such as EU.'),
    key_file: z
      .string()
      .optional()
      .describe('Service account key file; application default credentials otherwise.'),
    impersonate: z.string().optional().describe('Service account to impersonate.'),
  }),
  dbt: z.strictObject({
    profile: z.string().min(1).describe("Profile in dbt's profiles.yml."),
    target: z.string().optional().describe("Target of the profile; dbt's own default where left out."),
    profiles_dir: z.string().optional().describe('Folder of profiles.yml.'),
  }),
} as const;
