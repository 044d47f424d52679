const I32 = 0x7f;
const V128 = 0x7b;
const VOID = 0x40;
const VECTOR = 0xfd;

/**
 * Writes the few WebAssembly instructions that md5 needs, in the binary format of the core specification 2.0
 * (https://webassembly.github.io/spec/core/binary/instructions.html). Those with X4 in their names work on four lanes of
 * 32 bits.
 */
export class CodeWriter {
  readonly bytes: number[] = [];

  get(local: number): this {
    return this.#push(0x20, local);
  }

  set(local: number): this {
    return this.#push(0x21, local);
  }

  i32(value: number): this {
    this.bytes.push(0x41);
    let left = value | 0;
    for (; left < -64 || left > 63; left >>= 7) this.bytes.push((left & 127) | 128);
    this.bytes.push(left & 127);
    return this;
  }

  add(): this {
    return this.#push(0x6a);
  }

  multiply(): this {
    return this.#push(0x6c);
  }

  /** Repeats the body while it leaves something other than 0 on the stack. */
  loopWhile(writeBody: () => void): this {
    this.#push(0x03, VOID);
    writeBody();
    return this.#push(0x0d, 0, 0x0b);
  }

  splatX4(): this {
    return this.#push(VECTOR, 0x11);
  }

  greaterX4(): this {
    return this.#push(VECTOR, 0x3b);
  }

  addX4(): this {
    return this.#push(VECTOR, 0xae, 0x01);
  }

  shiftLeftX4(): this {
    return this.#push(VECTOR, 0xab, 0x01);
  }

  shiftRightX4(): this {
    return this.#push(VECTOR, 0xad, 0x01);
  }

  not(): this {
    return this.#push(VECTOR, 0x4d);
  }

  or(): this {
    return this.#push(VECTOR, 0x50);
  }

  xor(): this {
    return this.#push(VECTOR, 0x51);
  }

  /** Takes a, b and a mask: bits of a where the mask has ones, else of b. */
  select(): this {
    return this.#push(VECTOR, 0x52);
  }

  anyTrue(): this {
    return this.#push(VECTOR, 0x53);
  }

  loadX4(offset: number): this {
    return this.#push(VECTOR, 0x00, 0, offset);
  }

  storeX4(offset: number): this {
    return this.#push(VECTOR, 0x0b, 0, offset);
  }

  /** Takes an address: loads 32 bits into the first lane, zeros into the others. */
  loadFirst(offset: number): this {
    return this.#push(VECTOR, 0x5c, 0, offset);
  }

  /** Takes an address and a vector: loads 32 bits into one of its lanes. */
  loadLane(offset: number, lane: number): this {
    return this.#push(VECTOR, 0x56, 0, offset, lane);
  }

  /** Numbers below 128 are their own encoding. */
  #push(...bytes: readonly number[]): this {
    this.bytes.push(...bytes);
    return this;
  }
}

/** A function's signature and locals: parameters and `integers` are i32, `vectors` are v128, numbered in this order. */
export interface FunctionShape {
  readonly parameters: number;
  readonly integers: number;
  readonly vectors: number;
}

/** A module of one function `run`, which returns nothing, and one memory `memory` of a page. */
export function assembleModule(shape: FunctionShape, body: readonly number[]): Uint8Array {
  const { parameters, integers, vectors } = shape;
  const types = Array.from({ length: parameters }, () => I32);
  const locals = [2, integers, I32, vectors, V128];
  const code = Buffer.from([...locals, ...body, 0x0b]);
  return Buffer.concat([
    Buffer.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    section(1, Buffer.from([1, 0x60, parameters, ...types, 0])),
    section(3, Buffer.from([1, 0])),
    section(5, Buffer.from([1, 0, 1])),
    section(7, Buffer.from('\x02\x03run\x00\x00\x06memory\x02\x00')),
    section(10, Buffer.concat([Buffer.from([1]), sized(code)])),
  ]);
}

function section(id: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([id]), sized(content)]);
}

function sized(content: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(unsigned(content.length)), content]);
}

/** LEB128: seven bits a byte, the lowest first, the top bit set on all but the last. */
function unsigned(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
