import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Messages of Postgres' protocol that carry a statement: a simple query, and one that is parsed to be executed. */
const QUERY = 'Q';
const PARSE = 'P';

/** A proxy in front of a Postgres server that notes the text of every statement on the wire. */
export interface WireLog extends AsyncDisposable {
  /** The server's URL, with the proxy in its place and without TLS. */
  readonly url: string;
  readonly statements: readonly string[];
}

export async function startWireLog(serverUrl: string): Promise<WireLog> {
  const server = new URL(serverUrl);
  const statements: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const upstream = connect(Number(server.port), server.hostname);
    const read = newMessageReader(statements);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    client.on('data', (chunk) => {
      read(chunk);
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => client.write(chunk));
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = new URL(serverUrl);
  url.port = String((proxy.address() as AddressInfo).port);
  url.searchParams.set('sslmode', 'disable');
  return {
    url: url.href,
    statements,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

/** Notes the statements of one connection's bytes, of which the first message has no type. */
function newMessageReader(statements: string[]): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let head = 0;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      if (rest.length < head + 4) return;
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return;
      const type = head === 0 ? '' : String.fromCharCode(rest[0] as number);
      const fields = rest
        .subarray(head + 4, end)
        .toString()
        .split('\0');
      if (type === QUERY) statements.push(fields[0] ?? '');
      // The name of the prepared statement comes first.
      if (type === PARSE) statements.push(fields[1] ?? '');
      rest = rest.subarray(end);
      head = 1;
    }
  };
}
