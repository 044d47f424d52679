import { connect } from 'node:net';
import type { PgConnection } from './pool.js';

const CANCEL_REQUEST_CODE = 80_877_102;

/** Longest wait for the server to take a cancel request, in milliseconds. */
const CANCEL_WAIT_MS = 2000;

/**
 * Asks the server, on a second socket, to stop what the connection runs; never fails. The server reads such a request
 * before it asks for TLS or a password (https://www.postgresql.org/docs/current/protocol-flow.html).
 */
export async function requestCancel({ host, port, processID, secretKey }: PgConnection): Promise<void> {
  const request = Buffer.alloc(16);
  [16, CANCEL_REQUEST_CODE, processID, secretKey].forEach((word, i) => {
    request.writeInt32BE(word | 0, i * 4);
  });
  await new Promise<void>((resolve) => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    socket.setTimeout(CANCEL_WAIT_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    // The server closes the connection once it has passed the request on.
    socket.on('connect', () => socket.end(request));
    socket.resume();
  });
}

/** Ends a connection at once, whatever it waits for; what it runs is cancelled first. */
export async function abandon(connection: PgConnection): Promise<void> {
  connection.__knex__disposed = 'abandoned';
  await requestCancel(connection);
  cutOff(connection);
}

/** Ends a connection, and the pool is told before anybody can get it again. */
export function cutOff(connection: PgConnection): void {
  connection.__knex__disposed ??= 'cut off';
  connection.connection.stream.destroy();
}
