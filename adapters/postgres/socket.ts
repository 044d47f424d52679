import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Duplex } from 'node:stream';

/** Takes what has been received. The bytes are good until it returns. */
export type Reader = (chunk: Buffer) => void;

/**
 * What all sockets read into: each hands its bytes on before another one reads. A buffer for every read, as sockets
 * have by themselves, costs the collector as much as decoding the rows (figures in NOTES.md).
 */
const memory = Buffer.allocUnsafeSlow(2 ** 18);

/** Who reads a socket of ours in place of its `data` listeners; null where they do. */
const readers = new WeakMap<Duplex, Reader | null>();

/** A socket for the driver, not connected yet. */
export function newSocket(): Socket {
  const callback = (bytes: number): boolean => {
    const chunk = memory.subarray(0, bytes);
    const reader = readers.get(socket) ?? null;
    // The driver may keep what it gets.
    if (reader === null) socket.emit('data', Buffer.from(chunk));
    else reader(chunk);
    return true;
  };
  // Taken by the constructor, where its types do not have it.
  const options: SocketConstructorOpts & ConnectOpts = { onread: { buffer: memory, callback } };
  const socket = new Socket(options);
  readers.set(socket, null);
  return socket;
}

/** A socket that is read past the driver. */
export interface Tap {
  /** Hands bytes to the driver after all. */
  passOn(bytes: Buffer): void;
  /** Has the driver read again. */
  untap(): void;
}

/** Reads a driver's stream: a socket of ours, or one that TLS has made of it. */
export function tap(stream: Duplex, reader: Reader): Tap {
  const driver = stream.listeners('data')[0] as Reader;
  const passOn = (bytes: Buffer) => driver(Buffer.from(bytes));
  if (readers.has(stream)) {
    readers.set(stream, reader);
    return { passOn, untap: () => readers.set(stream, null) };
  }
  stream.removeListener('data', driver);
  stream.on('data', reader);
  const untap = () => {
    stream.removeListener('data', reader);
    stream.on('data', driver);
  };
  return { passOn, untap };
}
