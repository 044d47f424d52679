/**
 * The few WebAssembly instructions that md5 needs, as bytes of the binary format. Numbers are those of the core
 * specification 2.0 (https://webassembly.github.io/spec/core/binary/instructions.html); `x4` works on four lanes.
 */
export type Code = readonly number[];

const I32 = 0x7f;
const V128 = 0x7b;
const VOID = 0x40;

/** Instructions one after the other. */
export const code = (...parts: readonly Code[]): Code => parts.flat();

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const i32 = (value: number): Code => [0x41, ...signed(value)];
export const addI32: Code = [0x6a];
export const subI32: Code = [0x6b];
export const mulI32: Code = [0x6c];

/** Repeats the body while it leaves something other than 0 on the stack. */
export const loopWhile = (body: Code): Code => [0x03, VOID, ...body, 0x0d, 0, 0x0b];

const simd = (operation: number): Code => [0xfd, ...unsigned(operation)];
export const splatX4 = simd(0x11);
export const addX4 = simd(0xae);
export const greaterX4 = simd(0x3b);
export const shiftLeftX4 = simd(0xab);
export const shiftRightX4 = simd(0xad);
export const not = simd(0x4d);
export const or = simd(0x50);
export const xor = simd(0x51);
/** Takes a, b and a mask: bits of a where the mask has ones, else of b. */
export const select = simd(0x52);
export const anyTrue = simd(0x53);
export const loadX4 = (offset: number): Code => [...simd(0x00), 0, ...unsigned(offset)];
export const storeX4 = (offset: number): Code => [...simd(0x0b), 0, ...unsigned(offset)];
/** Loads 32 bits into the first lane, zeros into the others. */
export const loadFirst = (offset: number): Code => [...simd(0x5c), 0, ...unsigned(offset)];
/** Takes an address and a vector: loads 32 bits into one of its lanes. */
export const loadLane = (offset: number, lane: number): Code => [...simd(0x56), 0, ...unsigned(offset), lane];

/** A function's signature and locals: parameters and `integers` are i32, `vectors` are v128, numbered in this order. */
export interface FunctionShape {
  readonly parameters: number;
  readonly integers: number;
  readonly vectors: number;
}

/** A module of one function `run`, which returns nothing, and one memory `memory` of a page. */
export function assembleModule(shape: FunctionShape, body: Code): Uint8Array {
  const { parameters, integers, vectors } = shape;
  const locals = list([
    [...unsigned(integers), I32],
    [...unsigned(vectors), V128],
  ]);
  const type = [0x60, ...list(Array.from({ length: parameters }, () => [I32])), 0];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [type]),
    ...section(3, [[0]]),
    ...section(5, [[0, 1]]),
    ...section(7, [
      [...name('run'), 0, 0],
      [...name('memory'), 2, 0],
    ]),
    ...section(10, [sized([...locals, ...body, 0x0b])]),
  ]);
}

const section = (id: number, items: readonly Code[]): Code => [id, ...sized(list(items))];
const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
const name = (text: string): Code => sized([...Buffer.from(text)]);

/** LEB128: seven bits a byte, the lowest first, the top bit set on all but the last. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
