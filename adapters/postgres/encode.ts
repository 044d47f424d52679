import { elementsOf, newValues, ScoringError, toElements, type Vector } from '../../src/contract/index.js';
import { ARRAY_HEAD_BYTES, EPOCH_DAYS, EPOCH_MICROS, LENGTH_BYTES, MAX_INT32, MIN_INT32 } from './binary.js';
import { elementOid } from './types.js';

/** Writes one value's bytes at `p`. */
export type Put = (view: DataView, p: number, row: number) => void;

/** How values of a fixed-width vector are written (`…recv` in Postgres' source). */
export function putOf(vector: Vector): Put {
  const { type, values } = vector;
  switch (type.kind) {
    case 'bool':
      return (view, p, row) => view.setUint8(p, values[row] as number);
    case 'int32':
    case 'float':
      return put32(halvesOf(values));
    case 'date':
      return putDate(halvesOf(values));
    case 'int64':
    case 'double':
    case 'time':
      return put64(halvesOf(values));
    case 'timestamp':
      return putTimestamp(halvesOf(values));
    case 'uuid':
      return putUuid(halvesOf(values));
    case 'array':
      return putArray(vector, elementsOf(type), elementOid(type.element));
    default:
      throw new ScoringError(`${type.kind} has no fixed width`, { code: 'INVARIANT', stage: 'stage' });
  }
}

/** Writes the values of rows, the first at `p` and each next one `stride` bytes on. */
export type PutRows = (view: DataView, p: number, stride: number, from: number, rows: number) => void;

/** The same for many rows of a vector without NULLs; a loop of its own for what predictions are most made of. */
export function putRowsOf(vector: Vector): PutRows {
  const { kind } = vector.type;
  if (kind === 'float' || kind === 'int32') return putRows32(halvesOf(vector.values));
  if (kind === 'double' || kind === 'int64') return putRows64(halvesOf(vector.values));
  const put = putOf(vector);
  return (view, p, stride, from, rows) => {
    for (let i = 0; i < rows; i++) put(view, p + i * stride, from + i);
  };
}

function putRows32(values: Int32Array): PutRows {
  return (view, p, stride, from, rows) => {
    for (let i = 0; i < rows; i++) view.setInt32(p + i * stride, values[from + i] as number);
  };
}

function putRows64(halves: Int32Array): PutRows {
  return (view, p, stride, from, rows) => {
    for (let i = 0; i < rows; i++) {
      view.setInt32(p + i * stride, halves[(from + i) * 2 + 1] as number);
      view.setInt32(p + i * stride + 4, halves[(from + i) * 2] as number);
    }
  };
}

/** The same bits as 32-bit integers, so that neither a bigint nor a NaN is made of them. */
function halvesOf({ buffer, byteOffset, byteLength }: Vector['values']): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}

function put32(values: Int32Array): Put {
  return (view, p, row) => view.setInt32(p, values[row] as number);
}

function put64(halves: Int32Array): Put {
  return (view, p, row) => {
    view.setInt32(p, halves[row * 2 + 1] as number);
    view.setInt32(p + 4, halves[row * 2] as number);
  };
}

function putUuid(halves: Int32Array): Put {
  return (view, p, row) => {
    for (let i = 0; i < 4; i++) view.setInt32(p + 4 * i, halves[row * 4 + 3 - i] as number);
  };
}

/** One dimension that counts from 1, without NULLs; then each element behind its length. */
function putArray(vector: Vector, length: number, oid: number): Put {
  const elements = toElements(vector);
  const width = newValues(elements.type, 1).byteLength;
  const stride = LENGTH_BYTES + width;
  const put = putRowsOf(elements);
  return (view, p, row) => {
    view.setInt32(p, 1);
    view.setInt32(p + 4, 0);
    view.setInt32(p + 8, oid);
    view.setInt32(p + 12, length);
    view.setInt32(p + 16, 1);
    const first = p + ARRAY_HEAD_BYTES;
    for (let i = 0; i < length; i++) view.setInt32(first + i * stride, width);
    put(view, first + LENGTH_BYTES, stride, row * length, length);
  };
}

function putDate(days: Int32Array): Put {
  return (view, p, row) => {
    const day = days[row] as number;
    if (day === MAX_INT32) view.setInt32(p, MAX_INT32);
    else if (day <= -MAX_INT32) view.setInt32(p, MIN_INT32);
    else if (day - EPOCH_DAYS < MIN_INT32) throw tooEarly('date');
    else view.setInt32(p, day - EPOCH_DAYS);
  };
}

function putTimestamp(halves: Int32Array): Put {
  return (view, p, row) => {
    const low = (halves[row * 2] as number) >>> 0;
    const high = halves[row * 2 + 1] as number;
    if (high === MAX_INT32 && low === 0xffffffff) putHalves(view, p, MAX_INT32, -1);
    else if (high === MIN_INT32 && low <= 1) putHalves(view, p, MIN_INT32, 0);
    else {
      const rest = low - EPOCH_MICROS.low;
      const restHigh = high - EPOCH_MICROS.high - (rest < 0 ? 1 : 0);
      if (restHigh < MIN_INT32) throw tooEarly('timestamp');
      putHalves(view, p, restHigh, rest | 0);
    }
  };
}

function putHalves(view: DataView, p: number, high: number, low: number): void {
  view.setInt32(p, high);
  view.setInt32(p + 4, low);
}

function tooEarly(type: string): ScoringError {
  return new ScoringError(`a ${type} is before the year that Postgres begins with`, {
    code: 'WAREHOUSE',
    stage: 'stage',
  });
}
