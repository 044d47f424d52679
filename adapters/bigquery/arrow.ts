import { tableFromIPC } from '@uwdata/flechette';

/** A column of a record batch, as Arrow lays it out. The arrays are views into the batch's memory. */
export interface ArrowColumn {
  readonly values: ArrayLike<never> & ArrayBufferView;
  readonly offsets: Int32Array | undefined;
  /** Bit i (least significant first) is 1 where row i has a value; null where every row has one. */
  readonly validity: Uint8Array | null;
  /** Digits behind the point, of a decimal. */
  readonly scale: number;
  /** Bits of a decimal's value. */
  readonly bits: number;
}

/** Rows in columns by their names. */
export interface ArrowBatch {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ArrowColumn>;
}

const AS_THEY_ARE = { useBigInt: true, useDecimalInt: true } as const;

/** Decodes a record batch, which comes apart from its schema. */
export function decodeBatch(schema: Uint8Array, batch: Uint8Array): ArrowBatch {
  // Copied, since arrays of 64 bits need their memory aligned.
  const table = tableFromIPC([schema, new Uint8Array(batch)], AS_THEY_ARE);
  const columns = table.schema.fields.map(
    ({ name }, i) => [name, toColumn(table.children[i]?.data[0])] as const,
  );
  return { rows: table.numRows, columns: new Map(columns) };
}

/** What is read of flechette's batch of one column. */
interface DecodedColumn {
  readonly nullCount: number;
  readonly values: unknown;
  readonly offsets: unknown;
  readonly validity: unknown;
  readonly type: { readonly scale?: number; readonly bitWidth?: number };
}

function toColumn(decoded: unknown): ArrowColumn {
  const { nullCount, values, offsets, validity, type } = decoded as DecodedColumn;
  return {
    values: values as ArrowColumn['values'],
    offsets: offsets as Int32Array | undefined,
    validity: nullCount > 0 ? (validity as Uint8Array) : null,
    scale: type.scale ?? 0,
    bits: type.bitWidth ?? 0,
  };
}
