import { Readable } from 'node:stream';
import type { BigqueryClient } from './client.js';
import type { Job, JobWork } from './job.js';
import { type JobPlace, toInsert } from './jobs.js';
import type { Spool } from './spool.js';

/**
 * Sends a load job together with its file, in one request that streams: there is no job before the last byte has come,
 * so that a request which breaks leaves nothing. The driver's own error comes as it is.
 */
export async function upload(
  client: BigqueryClient,
  work: JobWork,
  spool: Spool,
  id: string,
  place: JobPlace,
): Promise<Job> {
  const { api, project } = client;
  const { data } = await api.authClient.request<Job>({
    url: `${api.apiEndpoint}/upload/bigquery/v2/projects/${encodeURIComponent(project)}/jobs`,
    method: 'POST',
    params: { uploadType: 'multipart' },
    multipart: [
      {
        headers: new Headers({ 'Content-Type': 'application/json' }),
        content: JSON.stringify(toInsert(client, work, id, place)),
      },
      {
        headers: new Headers({ 'Content-Type': 'application/octet-stream' }),
        content: Readable.from(spool.read()),
      },
    ],
    signal: place.signal,
    retry: false,
  });
  return data;
}
