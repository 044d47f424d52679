import { assertInvariant, isValid, type Vector } from '../contract/index.js';
import { toFloat32 } from './numbers.js';

/** Bits of the filter for each threshold: of values that are none, about one in so many is looked up. */
const BITS_PER_THRESHOLD = 32;

/**
 * Counts values that become a threshold of a tree only by being rounded to float32: they stood on one side of it, and
 * may now go down the other branch.
 */
export class CollisionFilter {
  readonly #thresholds: ReadonlySet<number>;
  readonly #shift: number;
  readonly #bits: Uint8Array;
  readonly #single = new Float32Array(1);
  readonly #word = new Int32Array(this.#single.buffer);

  constructor(thresholds: Iterable<number>) {
    this.#thresholds = new Set(thresholds);
    const size = Math.ceil(Math.log2(this.#thresholds.size * BITS_PER_THRESHOLD + 8));
    this.#shift = 32 - Math.min(size, 24);
    this.#bits = new Uint8Array(2 ** (32 - this.#shift - 3));
    for (const threshold of this.#thresholds) {
      const place = this.#placeOf(threshold);
      this.#bits[place >> 3] = (this.#bits[place >> 3] as number) | (1 << (place & 7));
    }
  }

  /** Rows of the vector that collide. */
  count(vector: Vector): number {
    const { type, values } = vector;
    switch (type.kind) {
      case 'float':
      case 'bool':
        return 0;
      case 'int32':
      case 'double':
        return this.#countNumbers(vector, values as Float64Array);
      case 'decimal':
        return this.#countDecimals(vector, values as BigInt64Array, 10 ** type.scale);
      case 'int64':
        return this.#countIntegers(vector, values as BigInt64Array);
      default:
        assertInvariant(false, `thresholds of ${type.kind} were planned`, 'features');
    }
  }

  #countNumbers(vector: Vector, values: Float64Array): number {
    let count = 0;
    for (let row = 0; row < vector.length; row++) {
      const value = values[row] as number;
      const single = Math.fround(value);
      if (single !== value && this.#has(single) && isValid(vector, row)) count++;
    }
    return count;
  }

  #countDecimals(vector: Vector, scaled: BigInt64Array, divisor: number): number {
    let count = 0;
    for (let row = 0; row < vector.length; row++) {
      const value = Number(scaled[row]) / divisor;
      const single = Math.fround(value);
      if (single !== value && this.#has(single) && isValid(vector, row)) count++;
    }
    return count;
  }

  #countIntegers(vector: Vector, values: BigInt64Array): number {
    let count = 0;
    for (let row = 0; row < vector.length; row++) {
      const value = values[row] as bigint;
      const single = toFloat32(value);
      if (this.#has(single) && BigInt(single) !== value && isValid(vector, row)) count++;
    }
    return count;
  }

  #has(single: number): boolean {
    const place = this.#placeOf(single);
    return ((this.#bits[place >> 3] as number) & (1 << (place & 7))) !== 0 && this.#thresholds.has(single);
  }

  #placeOf(single: number): number {
    // Of the two zeros one stands for both.
    this.#single[0] = single + 0;
    return Math.imul(this.#word[0] as number, 0x9e3779b1) >>> this.#shift;
  }
}
