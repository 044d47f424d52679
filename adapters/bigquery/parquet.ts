import {
  assertInvariant,
  isValid,
  type LoadColumn,
  type LoadPart,
  type Vector,
} from '../../src/contract/index.js';
import { arrayLevels, constantLevels, definitionLevels, firstPlaces } from './parquet-levels.js';
import { toParquet, toPath, toSchemaElements } from './parquet-types.js';
import { plainValues } from './parquet-values.js';
import { encodeThrift, int32, int64, list, struct, type ThriftValue, text } from './thrift.js';

const MAGIC = Buffer.from('PAR1');

/** Encodings, of those that Parquet has. */
const PLAIN = 0;
const RLE = 3;
const DICTIONARY = 8;

/** Kinds of pages. */
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;

/** A column of one row group, as it is written. */
interface Chunk {
  readonly bytes: readonly Buffer[];
  readonly values: number;
  readonly encodings: readonly number[];
  /** Bytes of the dictionary before the data, 0 where there is none. */
  readonly dictionaryBytes: number;
}

/**
 * Writes parts as a Parquet file, one row group each, without compression: predictions are numbers that hardly shrink,
 * and the values lie in memory as the file has them. One value for all rows is written once.
 */
export class ParquetWriter {
  readonly #write: (bytes: Buffer) => Promise<void>;
  readonly #names: readonly string[];
  readonly #groups: ThriftValue[] = [];
  #types: readonly Vector['type'][] | null = null;
  #offset = 0;
  #rows = 0;

  /** @param write takes bytes that may be changed once it has resolved */
  constructor(write: (bytes: Buffer) => Promise<void>, names: readonly string[]) {
    this.#write = write;
    this.#names = names;
  }

  async add({ rows, columns }: LoadPart): Promise<void> {
    if (rows === 0) return;
    if (this.#rows === 0) await this.#put(MAGIC);
    this.#types ??= columns.map(({ vector }) => vector.type);
    const chunks: ThriftValue[] = [];
    const start = this.#offset;
    for (const [i, column] of columns.entries()) {
      const name = this.#names[i] as string;
      const chunk = toChunk(column, rows, name);
      chunks.push(describeChunk(chunk, this.#offset, name, column.vector.type));
      for (const bytes of chunk.bytes) await this.#put(bytes);
    }
    this.#groups.push(struct({ 1: list(chunks), 2: int64(this.#offset - start), 3: int64(rows) }));
    this.#rows += rows;
  }

  /** Writes the file's end. */
  async end(): Promise<void> {
    assertInvariant(this.#types !== null, 'a file of no rows', 'stage');
    const elements = this.#types.flatMap((type, i) => toSchemaElements(this.#names[i] as string, type));
    const root = struct({ 4: text('schema'), 5: int32(this.#types.length) });
    const metadata = encodeThrift(
      struct({
        1: int32(1),
        2: list([root, ...elements]),
        3: int64(this.#rows),
        4: list(this.#groups),
        6: text('scorehouse'),
      }),
    );
    const length = Buffer.alloc(4);
    length.writeUInt32LE(metadata.length);
    await this.#put(Buffer.concat([metadata, length, MAGIC]));
  }

  async #put(bytes: Buffer): Promise<void> {
    this.#offset += bytes.length;
    await this.#write(bytes);
  }
}

function toChunk({ kind, vector }: LoadColumn, rows: number, name: string): Chunk {
  if (kind === 'constant' && vector.type.kind !== 'array') return toConstant(vector, rows, name);
  const whole = kind === 'constant' ? repeatArray(vector, rows) : vector;
  const { levels, values } =
    whole.type.kind === 'array'
      ? arrayLevels(whole, rows)
      : { levels: definitionLevels(whole, rows), values: rows };
  const data = plainValues(whole, rows, name);
  const bytes = [toHeader(DATA_PAGE, levels.length + data.length, values, PLAIN), levels, data];
  return { bytes, values, encodings: [PLAIN, RLE], dictionaryBytes: 0 };
}

/** One value for all rows: a dictionary of it, and its place as many times. */
function toConstant(vector: Vector, rows: number, name: string): Chunk {
  const valid = isValid(vector, 0);
  const levels = constantLevels(rows, valid);
  if (!valid) {
    const bytes = [toHeader(DATA_PAGE, levels.length, rows, PLAIN), levels];
    return { bytes, values: rows, encodings: [PLAIN, RLE], dictionaryBytes: 0 };
  }
  if (vector.type.kind === 'bool')
    return toChunk({ kind: 'vector', vector: repeatFlag(vector, rows) }, rows, name);
  const value = plainValues(vector, 1, name);
  const dictionary = [toHeader(DICTIONARY_PAGE, value.length, 1, PLAIN), value];
  const places = firstPlaces(rows);
  const data = [toHeader(DATA_PAGE, levels.length + places.length, rows, DICTIONARY), levels, places];
  return {
    bytes: [...dictionary, ...data],
    values: rows,
    encodings: [PLAIN, RLE, DICTIONARY],
    dictionaryBytes: lengthOf(dictionary),
  };
}

/** Booleans have no dictionaries. */
function repeatFlag(vector: Vector, rows: number): Vector {
  const values = new Uint8Array(rows).fill(vector.values[0] as number);
  return { type: vector.type, length: rows, values, validity: null };
}

function repeatArray(vector: Vector, rows: number): Vector {
  const { values } = vector;
  const length = vector.type.kind === 'array' ? (vector.type.length ?? 0) : 0;
  const all = new (values.constructor as new (length: number) => typeof values)(length * rows);
  for (let row = 0; row < rows; row++) all.set(values.subarray(0, length) as never, row * length);
  const validity = isValid(vector, 0) ? null : new Uint8Array((rows + 7) >> 3);
  return { type: vector.type, length: rows, values: all, validity };
}

/** The header of a page (`PageHeader`). */
function toHeader(kind: number, bytes: number, values: number, encoding: number): Buffer {
  const own = { 1: int32(values), 2: int32(encoding) };
  return encodeThrift(
    struct({
      1: int32(kind),
      2: int32(bytes),
      3: int32(bytes),
      5: kind === DATA_PAGE ? struct({ ...own, 3: int32(RLE), 4: int32(RLE) }) : undefined,
      7: kind === DICTIONARY_PAGE ? struct(own) : undefined,
    }),
  );
}

/** What the file's end says of a column of a row group (`ColumnChunk`). */
function describeChunk(chunk: Chunk, offset: number, name: string, type: Vector['type']): ThriftValue {
  const { values, encodings, dictionaryBytes, bytes } = chunk;
  const size = int64(lengthOf(bytes));
  return struct({
    2: int64(offset),
    3: struct({
      1: int32(toParquet(type).physical),
      2: list(encodings.map(int32)),
      3: list(toPath(name, type)),
      4: int32(0),
      5: int64(values),
      6: size,
      7: size,
      9: int64(offset + dictionaryBytes),
      11: dictionaryBytes === 0 ? undefined : int64(offset),
    }),
  });
}

function lengthOf(bytes: readonly Buffer[]): number {
  return bytes.reduce((sum, each) => sum + each.length, 0);
}
