import { randomInt } from 'node:crypto';

/** Whole numbers that look like chance and are the same for the same seed. */
export interface Random {
  readonly seed: number;
  /** A number from 0 and below the limit. */
  draw(below: number): number;
}

/** @param seed drawn where left out; a test prints it */
export function newRandom(seed = randomInt(2 ** 31)): Random {
  let state = seed;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, draw: (below) => Math.floor(next() * below) };
}
