import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BigQuery } from '@google-cloud/bigquery';
import type { BigQueryReadClient } from '@google-cloud/bigquery-storage';
import { type AuthClient, GoogleAuth, Impersonated, PassThroughClient } from 'google-auth-library';
import { ScoringError } from '../../src/contract/index.js';
import { type BigqueryConfig, isLoopback, toMilliseconds } from './config.js';
import { toWarehouseError } from './errors.js';

const SCOPES = ['https://www.googleapis.com/auth/cloud-platform'];

/** How long an answer may take, in milliseconds. Nothing here waits inside a request. */
const REQUEST_MS = 60_000;

/** How long BigQuery is asked what became of a job whose answer was lost, in milliseconds: the time that a lease lasts. */
export const OUTCOME_WAIT_MS = 30_000;

/** The drivers with who connects, and what goes for every job. */
export interface BigqueryClient {
  readonly api: BigQuery;
  readonly project: string;
  /** Of tables that SQL names without one; null where it always names one. */
  readonly dataset: string | null;
  /** Null where BigQuery finds it by the tables that a statement names. */
  readonly location: string | null;
  readonly jobTimeoutMs: number | null;
  readonly maximumBytesBilled: number | null;
  readonly outcomeWaitMs: number;
  /** The driver of bulk reads, loaded with the first of them. */
  storage(): Promise<BigQueryReadClient>;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly projectDir: string;
  readonly outcomeWaitMs?: number | undefined;
}

/** @throws CONFIG_INVALID where the key file is not there, PERMISSION where nobody can be signed in */
export async function openClient(config: BigqueryConfig, options: ClientOptions): Promise<BigqueryClient> {
  const auth = await findCredentials(config, options.projectDir);
  const api = new BigQuery({
    projectId: config.project,
    authClient: auth as never,
    autoRetry: false,
    userAgent: 'scorehouse',
    timeout: REQUEST_MS,
    ...(config.location === undefined ? {} : { location: config.location }),
    ...(config.api_endpoint === undefined ? {} : { apiEndpoint: config.api_endpoint }),
  } as ConstructorParameters<typeof BigQuery>[0]);
  let storage: Promise<BigQueryReadClient> | null = null;
  return {
    api,
    project: config.project,
    dataset: config.dataset ?? null,
    location: config.location ?? null,
    jobTimeoutMs: config.job_timeout === undefined ? null : toMilliseconds(config.job_timeout),
    maximumBytesBilled: config.maximum_bytes_billed ?? null,
    outcomeWaitMs: options.outcomeWaitMs ?? OUTCOME_WAIT_MS,
    storage: () => {
      storage ??= openStorage(config, auth);
      return storage;
    },
    close: async () => {
      const opened = await storage?.catch(() => null);
      await opened?.close();
    },
  };
}

/** Who connects: nobody, on this machine; the service account to impersonate; whose key or default is found. */
async function findCredentials(config: BigqueryConfig, projectDir: string): Promise<GoogleAuth | AuthClient> {
  const host = config.api_endpoint === undefined ? null : new URL(config.api_endpoint);
  if (host !== null && host.protocol === 'http:') return new PassThroughClient();
  const keyFile = config.key_file === undefined ? undefined : resolve(projectDir, config.key_file);
  if (keyFile !== undefined) await assertThere(keyFile);
  const auth = new GoogleAuth({
    scopes: SCOPES,
    projectId: config.project,
    ...(keyFile === undefined ? {} : { keyFilename: keyFile }),
  });
  try {
    const source = await auth.getClient();
    if (config.impersonate === undefined) return auth;
    return new Impersonated({
      sourceClient: source,
      targetPrincipal: config.impersonate,
      targetScopes: SCOPES,
      lifetime: 3600,
    });
  } catch (error) {
    throw toWarehouseError(error, { stage: 'connect', statement: 'sign-in' });
  }
}

async function assertThere(path: string): Promise<void> {
  await access(path).catch(() => {
    throw new ScoringError(`key_file ${path} cannot be read`, {
      code: 'CONFIG_INVALID',
      stage: 'connect',
      hint: 'Paths start at the folder of scorehouse.yml.',
    });
  });
}

async function openStorage(
  { project, storage_endpoint: endpoint }: BigqueryConfig,
  auth: GoogleAuth | AuthClient,
): Promise<BigQueryReadClient> {
  const { BigQueryReadClient: Client } = await import('@google-cloud/bigquery-storage');
  const [host, port] = splitEndpoint(endpoint);
  const plain = host !== null && isLoopback(host);
  return new Client({
    projectId: project,
    ...(auth instanceof GoogleAuth ? { auth: auth as never } : { authClient: auth as never }),
    ...(host === null ? {} : { apiEndpoint: host, port }),
    ...(plain ? { sslCreds: await insecureCredentials() } : {}),
  });
}

function splitEndpoint(endpoint: string | undefined): readonly [string | null, number] {
  const [, host = null, port = '443'] = /^(.+?)(?::(\d+))?$/.exec(endpoint ?? '') ?? [];
  return [host, Number(port)];
}

async function insecureCredentials(): Promise<never> {
  const { grpc } = await import('google-gax');
  return grpc.credentials.createInsecure() as never;
}
