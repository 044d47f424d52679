import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { Network } from '../../src/model/http/network.js';
import { fixtureFile } from './fixtures.js';

/** An address of the internet, which leads to the test's own server. */
export const PUBLIC = '93.184.215.14';

/** The host that the server's certificate is for. */
export const HOST = 'localhost';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of models on this machine, which the network given leads to from a public address. */
export interface ModelServer extends AsyncDisposable {
  readonly network: Network;
  readonly port: number;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  /** Addresses that were connected to. */
  readonly connected: readonly string[];
}

/** Starts a server. Parts of the network that are given replace those that lead to it. */
export async function startModelServer(
  handler: Handler,
  replaced: Partial<Network> = {},
): Promise<ModelServer> {
  const asked: string[] = [];
  const connected: string[] = [];
  const cert = readFileSync(fixtureFile('tls', 'server.crt'), 'utf8');
  const key = readFileSync(fixtureFile('tls', 'server.key'));
  const server = createServer({ key, cert }, (request, response) => {
    asked.push(request.url ?? '');
    handler(request, response);
  });
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const network: Network = {
    resolve: async () => [PUBLIC],
    connect: (address) => {
      connected.push(address);
      return connect(port, '127.0.0.1');
    },
    ca: cert,
    limits: { connectMs: 10_000, idleMs: 10_000, totalMs: 60_000, maxBytes: 10_000_000 },
    ...replaced,
  };
  return {
    network,
    port,
    asked,
    connected,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A handler that gives files by path, with an ETag; the record may change while it runs. */
export function serve(files: Readonly<Record<string, Uint8Array>>): Handler {
  return (request, response) => {
    const file = files[request.url ?? ''];
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const etag = `"${file.length}-${file.at(-1)}"`;
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else response.writeHead(200, { etag, 'content-length': file.length }).end(file);
  };
}
