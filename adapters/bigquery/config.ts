import * as z from 'zod';

/** A time with its unit, as text. */
const duration = z.string().regex(/^\d+\s*(ms|s|min|h)$/, 'a time such as 30 min');

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** True for an address of this machine, which is the only place where no credentials and no TLS are needed. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** `https://host`, or `http://host:port` on this machine: a token is never sent in the clear. */
const apiEndpoint = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}, 'an https URL, or an http one of this machine, such as https://bigquery-vpc.p.googleapis.com');

const storageEndpoint = z
  .string()
  .regex(/^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/i, 'a host, or host:port');

/** A BigQuery warehouse's own keys in scorehouse.yml. */
export const bigqueryConfigSchema = z.strictObject({
  project: z
    .string()
    .min(1)
    .describe('Project that runs the jobs and pays for them; its data sets are those that are named.'),
  location: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'a location such as EU or europe-west3')
    .optional()
    .describe('Location of the data sets, such as EU; US where left out.'),
  dataset: z
    .string()
    .regex(/^\w+$/, 'the name of a data set')
    .optional()
    .describe('Data set of tables that SQL names without one.'),
  key_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Key file of a service account, or the configuration of a workload identity; application default credentials where left out.',
    ),
  impersonate: z
    .string()
    .regex(/^[^@\s]+@[^@\s]+$/, "a service account's address")
    .optional()
    .describe('Service account to act as; needs the role iam.serviceAccountTokenCreator on it.'),
  job_timeout: duration.optional().describe('Longest job, such as 30 min; BigQuery ends what takes longer.'),
  maximum_bytes_billed: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('Most bytes that one query may be billed for; BigQuery refuses what would take more.'),
  api_endpoint: apiEndpoint
    .optional()
    .describe('Address of the REST interface, for a private endpoint; http only on this machine.'),
  storage_endpoint: storageEndpoint
    .optional()
    .describe('Host and port of the Storage Read interface, for a private endpoint.'),
});

export type BigqueryConfig = z.output<typeof bigqueryConfigSchema>;

/** The keys as they are written. */
export type WrittenBigqueryConfig = z.input<typeof bigqueryConfigSchema>;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** A checked time in milliseconds. */
export function toMilliseconds(text: string): number {
  const [, count = '0', unit = 'ms'] = /^(\d+)\s*(\w+)$/.exec(text) ?? [];
  return Number(count) * (UNITS[unit] as number);
}
