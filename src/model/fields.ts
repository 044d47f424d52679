import protobuf from 'protobufjs/minimal.js';
import { isScoringError } from '../contract/index.js';
import { malformed } from './limits.js';

const VARINT = 0;
const BYTES = 2;
const FLOAT = 5;
const PROSE = new TextDecoder();
/** Groups, which ONNX never had. */
const GROUP_START = 3;
const GROUP_END = 4;

/**
 * The fields of one protobuf message, one after another. A value that is not asked for is stepped over, so that weights
 * cost nothing.
 *
 * Stricter than protobuf where two readers could understand a file differently: what this one overlooks, onnxruntime
 * must not find. A field of another wire type than the schema's, a group, and a second value of a message field are
 * refused.
 */
export class Fields {
  /** The field's number in the schema. */
  number = 0;
  /** Where the field starts in the message: its tag. */
  start = 0;
  readonly #reader: protobuf.Reader;
  readonly #once = new Set<number>();
  #wire = 0;
  #pending = false;

  constructor(message: Uint8Array) {
    this.#reader = new protobuf.Reader(message);
  }

  /** Where the field ends, once its value was read or `skip` called. */
  get end(): number {
    return this.#reader.pos;
  }

  /** Goes to the next field; false at the end of the message. */
  next(): boolean {
    this.skip();
    if (this.#reader.pos >= this.#reader.len) return false;
    this.start = this.#reader.pos;
    const tag = this.#reader.tag();
    this.number = tag >>> 3;
    this.#wire = tag & 7;
    this.#pending = true;
    if (this.number === 0 || this.#wire === GROUP_START || this.#wire === GROUP_END) {
      throw malformed('it is no protobuf message');
    }
    return true;
  }

  /** Steps over the value, unless it was read. */
  skip(): void {
    if (this.#pending) this.#reader.skipType(this.#wire);
    this.#pending = false;
  }

  /** A message of a repeated field, or raw bytes: a view, not a copy. */
  bytes(): Uint8Array {
    this.#take(BYTES);
    return this.#reader.bytes();
  }

  /** The message of a field that has one. Protobuf would merge a second one into it. */
  message(): Uint8Array {
    if (this.#once.has(this.number)) throw malformed(`it holds field ${this.number} of a message twice`);
    this.#once.add(this.number);
    return this.bytes();
  }

  /** A name that something is looked up by, which must be UTF-8. */
  text(): string {
    this.#take(BYTES);
    return this.#reader.stringVerify();
  }

  /** A text that people read; what is no UTF-8 in it is replaced. */
  prose(): string {
    return PROSE.decode(this.bytes());
  }

  /** An integer of 64 bits. */
  integer(): bigint {
    this.#take(VARINT);
    return readInt64(this.#reader);
  }

  /** An enum's value, cut to 32 bits as protobuf does it. */
  int32(): number {
    this.#take(VARINT);
    return this.#reader.int32();
  }

  /** Integers, packed or one by one, cut to 32 bits. */
  int32s(into: number[]): void {
    if (this.#wire !== BYTES) into.push(this.int32());
    else {
      this.#take(BYTES);
      this.#reader.int32s(into);
    }
  }

  /** Integers of 64 bits, packed or one by one. */
  integers(take: (value: bigint) => void): void {
    if (this.#wire !== BYTES) {
      take(this.integer());
      return;
    }
    const packed = new protobuf.Reader(this.bytes());
    while (packed.pos < packed.len) take(readInt64(packed));
  }

  /** Floats, packed or one by one. */
  floats(into: number[]): void {
    this.#take(this.#wire === BYTES ? BYTES : FLOAT);
    if (this.#wire === BYTES) this.#reader.floats(into);
    else into.push(this.#reader.float());
  }

  #take(wire: number): void {
    if (this.#wire !== wire) {
      throw malformed(`it holds field ${this.number} of a message in a form that ONNX does not have`);
    }
    this.#pending = false;
  }
}

function readInt64(reader: protobuf.Reader): bigint {
  const { high, low } = reader.int64();
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

/**
 * Runs what reads a model's bytes.
 *
 * @throws MODEL_INVALID also for what the protobuf library throws
 */
export function reading<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isScoringError(cause)) throw cause;
    throw malformed('it is cut short, or no protobuf message', cause);
  }
}
