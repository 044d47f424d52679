import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, so that a test can break what goes through it. */
export class BreakableProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;

  constructor(port: number, server: Server, sockets: ReadonlySet<Socket>) {
    this.port = port;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** Breaks every connection; new ones are taken. */
  break(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.break();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Listens on a port of its own for the server at `port` of this machine. */
export async function startProxy(port: number): Promise<BreakableProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return new BreakableProxy(address.port, server, sockets);
}
