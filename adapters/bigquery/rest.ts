import { type CallOptions, throwIfEnded, untilEnded } from './call.js';
import type { BigqueryClient } from './client.js';
import { toWarehouseError } from './errors.js';

/** A request to BigQuery's REST interface, whose path begins below the project. */
export interface RestRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
}

/** Makes one request, never a second one; the driver's own error comes as it is. */
export async function request<T>(
  { api }: BigqueryClient,
  { method, path, query, body }: RestRequest,
): Promise<T> {
  return await new Promise((resolve, reject) => {
    const options = { method, uri: path, qs: query, ...(body === undefined ? {} : { json: body }) };
    api.request(options, (error, answer) => (error === null ? resolve(answer as T) : reject(error)));
  });
}

/** The same within a call, with its errors in scorehouse's words. */
export async function ask<T>(
  client: BigqueryClient,
  asked: RestRequest,
  call: CallOptions,
  statement: string,
): Promise<T> {
  throwIfEnded(call);
  try {
    return await untilEnded(request<T>(client, asked), call);
  } catch (error) {
    throw toWarehouseError(error, { stage: call.stage, statement });
  }
}
