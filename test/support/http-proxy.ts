import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A request on its way to the server. */
export interface Passing {
  readonly path: string;
  /** Who asks, as the session's token says; empty where nobody has signed in. */
  readonly session: string;
  /** The statement, where it is one. */
  readonly sql: string;
  /** How the statement is to be shown in the query history. */
  readonly tag: string;
}

/**
 * What becomes of a request: `lose-answer` has the server do it and keeps what it says, `drop` ends the connection first,
 * `hang` says nothing for ever. An answer is given in the server's place.
 */
export type Verdict = 'pass' | 'lose-answer' | 'drop' | 'hang' | Answer;

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** An HTTP proxy in front of a server, in which a test decides about each request. */
export class HttpProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export async function startHttpProxy(port: number, judge: (passing: Passing) => Verdict): Promise<HttpProxy> {
  const server = createServer(async (asked, answer) => {
    const body = await readBody(asked);
    const verdict = judge(toPassing(asked, body));
    if (verdict === 'hang') return;
    if (verdict === 'drop') asked.socket.destroy();
    else if (verdict === 'pass') forward(port, asked, body, answer);
    else if (verdict === 'lose-answer') forward(port, asked, body, null);
    else {
      const { status = 200, headers = {}, body: said } = verdict;
      answer.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(said));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new HttpProxy(server);
}

async function readBody(asked: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function toPassing({ url = '', headers }: IncomingMessage, body: Buffer): Passing {
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const said = text.length > 0 && text[0] === 0x7b ? JSON.parse(text.toString()) : {};
  return {
    path: url.replace(/\?.*/, ''),
    session: headers.authorization ?? '',
    sql: said.sqlText ?? '',
    tag: said.parameters?.QUERY_TAG ?? '',
  };
}

/** @param answer null where what the server says is lost */
function forward(port: number, asked: IncomingMessage, body: Buffer, answer: ServerResponse | null): void {
  const { method, url: path, headers } = asked;
  const passed = request({ host: '127.0.0.1', port, method, path, headers }, (said) => {
    if (answer === null) {
      said.resume();
      said.on('end', () => asked.socket.destroy());
      return;
    }
    answer.writeHead(said.statusCode ?? 500, said.headers);
    said.pipe(answer);
  });
  passed.on('error', () => asked.socket.destroy());
  passed.end(body);
}
