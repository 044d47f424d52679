import assert from 'node:assert/strict';
import {
  type Batch,
  BufferPool,
  type Column,
  isValid,
  type KeyRange,
  type Query,
  type ReadOptions,
  type Snapshot,
  type Vector,
  valueToText,
  type WarehouseAdapter,
} from '../../src/contract/index.js';
import { NEVER } from './rig.js';

/** A value as text, null for NULL. */
export type Text = string | null;

export interface Reading {
  /** Names of the columns to read, in this order; all of the query's where left out. */
  readonly columns?: readonly string[];
  /** Names of the key's columns; the first column where left out. */
  readonly key?: readonly string[];
  readonly range?: KeyRange;
  readonly chunkRows?: number;
  readonly order?: ReadOptions['order'];
  readonly plain?: boolean;
  readonly snapshot?: Snapshot;
  readonly buffers?: BufferPool;
  readonly annotations?: ReadOptions['annotations'];
  readonly signal?: AbortSignal;
}

/** Starts a read as a run would: the columns are those that `describe` tells. */
export async function startRead(
  adapter: WarehouseAdapter,
  query: Query,
  reading: Reading = {},
): Promise<AsyncIterable<Batch>> {
  const all = await adapter.describe(query, NEVER);
  const columns = reading.columns?.map((name) => columnOf(all, name)) ?? all;
  const key = reading.key?.map((name) => columnOf(all, name)) ?? columns.slice(0, 1);
  const { range, plain, snapshot, annotations } = reading;
  return adapter.read(query, columns, {
    key,
    chunkRows: reading.chunkRows ?? 4096,
    order: reading.order ?? 'any',
    buffers: reading.buffers ?? new BufferPool(),
    signal: reading.signal ?? NEVER,
    ...(range === undefined ? {} : { range }),
    ...(plain === undefined ? {} : { plain }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(annotations === undefined ? {} : { annotations }),
  });
}

export function columnOf(columns: readonly Column[], name: string): Column {
  const column = columns.find((each) => each.name === name);
  assert.ok(column !== undefined, `no column ${name}`);
  return column;
}

/** All batches, kept as they came. */
export async function readBatches(
  adapter: WarehouseAdapter,
  query: Query,
  reading: Reading = {},
): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of await startRead(adapter, query, reading)) batches.push(batch);
  return batches;
}

/** All rows as texts. */
export async function readTexts(
  adapter: WarehouseAdapter,
  query: Query,
  reading: Reading = {},
): Promise<readonly (readonly Text[])[]> {
  return (await readBatches(adapter, query, reading)).flatMap(toTexts);
}

/** One column as texts. */
export async function readColumn(
  adapter: WarehouseAdapter,
  query: Query,
  reading: Reading = {},
): Promise<readonly Text[]> {
  return (await readTexts(adapter, query, reading)).map(([text]) => text as Text);
}

/** A batch's rows as texts. */
export function toTexts(batch: Batch): readonly (readonly Text[])[] {
  return Array.from({ length: batch.rows }, (_, row) => batch.columns.map((vector) => textAt(vector, row)));
}

/** The value as its canonical text; a float or double that `valueToText` has no sign for is shown with it. */
export function textAt(vector: Vector, row: number): Text {
  if (!isValid(vector, row)) return null;
  return Object.is(vector.values[row], -0) ? '-0' : valueToText(vector, row);
}
