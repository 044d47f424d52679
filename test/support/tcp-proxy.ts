import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What a proxy does with bytes on their way to the server: `drop` ends both sides. */
export type Verdict = 'pass' | 'drop' | 'pass-and-mute';

/** A proxy in front of a server, which a test has cut connections at a chosen moment. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Ends every connection at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/**
 * Starts a proxy. Each chunk that a client sends is judged first; `pass-and-mute` hands it on and keeps every answer
 * from then on, until the connection is cut.
 */
export async function startProxy(
  target: { readonly host: string; readonly port: number },
  judge: (chunk: Buffer) => Verdict,
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    let muted = false;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk) => {
      const verdict = judge(chunk);
      if (verdict === 'drop') client.destroy();
      else upstream.write(chunk);
      muted ||= verdict === 'pass-and-mute';
    });
    upstream.on('data', (chunk) => {
      if (!muted) client.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new TcpProxy(server, sockets);
}
