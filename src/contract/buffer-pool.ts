/** Bytes that a pool keeps for later; what is given beyond is left to the garbage collector. */
const MAX_KEPT_BYTES = 96 * 1024 ** 2;

/**
 * Memory of chunks that have been loaded, for chunks still to be read. Without it every chunk would be allocated,
 * zeroed and collected anew, and memory would grow by as much as the collector is late.
 */
export class BufferPool {
  readonly #free = new Map<number, ArrayBuffer[]>();
  #keptBytes = 0;

  /** A buffer of just so many bytes; what it holds is unspecified. */
  take(bytes: number): ArrayBuffer {
    const buffer = this.#free.get(bytes)?.pop();
    if (buffer === undefined) return new ArrayBuffer(bytes);
    this.#keptBytes -= bytes;
    return buffer;
  }

  /** Gives memory back. The caller must not touch it again. */
  give(buffers: readonly ArrayBuffer[]): void {
    for (const buffer of buffers) {
      if (buffer.byteLength === 0 || this.#keptBytes + buffer.byteLength > MAX_KEPT_BYTES) continue;
      const free = this.#free.get(buffer.byteLength);
      if (free === undefined) this.#free.set(buffer.byteLength, [buffer]);
      else free.push(buffer);
      this.#keptBytes += buffer.byteLength;
    }
  }
}
