import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a test sees it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly body: Buffer;
}

/** What a proxy does with a request instead of handing it on. */
export type Fault =
  /** Hands it on, and ends the connection where the answer should come. */
  | 'lose-answer'
  /** Ends the connection at once. */
  | 'drop'
  /** Answers by itself. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }
  /** Hands it on and changes the answer's document. */
  | { readonly change: (document: never) => unknown };

/** An HTTP proxy in front of a service, which breaks or answers the requests that a test chooses. */
export class RestProxy implements AsyncDisposable {
  readonly port: number;
  /** All requests so far. */
  readonly seen: SeenRequest[] = [];
  /** Decides on each request; null hands it on as it is. */
  decide: (request: SeenRequest) => Fault | null = () => null;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(target: number): Promise<RestProxy> {
    const server = createServer((request, response) => {
      proxy.#handle(request, response, target).catch(() => request.socket.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new RestProxy(server);
    return proxy;
  }

  /** The documents of the job insertions so far, those of uploads too. */
  inserted(): readonly {
    readonly configuration: Record<string, unknown>;
    readonly jobReference: { readonly jobId: string };
  }[] {
    return this.seen.filter(isInsert).map(({ body }) => {
      const text = body.toString('latin1');
      // An upload begins with a part that holds the document.
      return JSON.parse(text.startsWith('{') ? text : (/\r\n\r\n(\{.*?\})\r\n--/s.exec(text)?.[1] ?? '{}'));
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse, target: number): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = (request.url ?? '').split('?')[0] as string;
    const seen = { method: request.method ?? '', path, body: Buffer.concat(chunks) };
    this.seen.push(seen);
    const fault = this.decide(seen);
    if (fault === 'drop') {
      request.socket.destroy();
      return;
    }
    if (fault !== null && typeof fault === 'object' && 'status' in fault) {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      response.end(JSON.stringify(fault.body));
      return;
    }
    const answer = await forward(request, seen.body, target);
    if (fault === 'lose-answer') {
      request.socket.destroy();
      return;
    }
    const body =
      fault === null ? answer.body : JSON.stringify(fault.change(JSON.parse(answer.body) as never));
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** True for a request that makes a job. */
export function isInsert({ method, path }: SeenRequest): boolean {
  return method === 'POST' && path.endsWith('/jobs');
}

async function forward(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  port: number,
): Promise<{ readonly status: number; readonly body: string }> {
  const { 'transfer-encoding': _, ...kept } = headers;
  const own = { ...kept, 'content-length': String(body.length), connection: 'close' };
  const outgoing = send({ host: '127.0.0.1', port, method, path: url, headers: own, agent: false });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() };
}
