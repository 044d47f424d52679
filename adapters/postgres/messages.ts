/** Bytes of a protocol message before its content: its type and its length, which counts itself. */
export const HEAD_BYTES = 5;

/** Takes whole messages from `start` on, and returns where the first one begins that it did not take. */
export type MessageReader = (bytes: Buffer, start: number) => number;

/** Where the message that begins at `at` ends; null where that is beyond the bytes. */
export function endOfMessage(bytes: Buffer, at: number): number | null {
  if (at + HEAD_BYTES > bytes.length) return null;
  const end = at + 1 + bytes.readUInt32BE(at + 1);
  return end > bytes.length ? null : end;
}

/** Gives a reader whole messages out of a socket's chunks; only one that two chunks share is copied. */
export class MessageCutter {
  readonly #read: MessageReader;
  /** What has come of a message, and how long it is; of one whose head is not complete, the head's length. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #needed = 0;

  constructor(read: MessageReader) {
    this.#read = read;
  }

  push(chunk: Buffer): void {
    const start = this.#completeShared(chunk);
    if (start === chunk.length) return;
    const end = this.#read(chunk, start);
    // Copied: the chunk's memory is used again.
    if (end < chunk.length) this.#keep(Buffer.from(chunk.subarray(end)));
  }

  #keep(part: Buffer): void {
    this.#parts = [part];
    this.#partBytes = part.length;
    this.#needed = part.length < HEAD_BYTES ? HEAD_BYTES : 1 + part.readUInt32BE(1);
  }

  /** Ends the message that an earlier chunk began; returns how much of the chunk that took. */
  #completeShared(chunk: Buffer): number {
    let used = 0;
    while (this.#partBytes > 0 && used < chunk.length) {
      const part = chunk.subarray(used, used + this.#needed - this.#partBytes);
      used += part.length;
      this.#partBytes += part.length;
      if (this.#partBytes < this.#needed) {
        this.#parts.push(Buffer.from(part));
        break;
      }
      this.#parts.push(part);
      const message = Buffer.concat(this.#parts);
      this.#keep(message);
      if (this.#partBytes < this.#needed) continue;
      this.#partBytes = 0;
      this.#read(message, 0);
    }
    return used;
  }
}
