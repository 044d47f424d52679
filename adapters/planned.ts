import * as z from 'zod';

/**
 * Shapes of the warehouses that are planned and not built yet, so that a project may name them beside one that is.
 * Choosing one for a run is an error that says so.
 */
export const PLANNED_SCHEMAS = {
  dbt: z.strictObject({
    profile: z.string().min(1).describe("Profile in dbt's profiles.yml."),
    target: z.string().optional().describe("Target of the profile; dbt's own default where left out."),
    profiles_dir: z.string().optional().describe('Folder of profiles.yml.'),
  }),
} as const;
