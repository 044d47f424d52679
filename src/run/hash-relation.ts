import { BufferPool, type Dialect, isScoringError, type Relation } from '../contract/index.js';
import { under } from '../extract/snapshot.js';
import { type HashedColumns, type HashOptions, hashTable, type TableHash } from '../gate/hash-table.js';
import { addHashes, RowHasher } from '../hash/row-hasher.js';
import type { WarehouseSession } from './session.js';

/** Rows that are hashed together. */
const BATCH_ROWS = 65_536;

/**
 * Hashes a relation in the warehouse, or here, of rows that are read back, where no function of its SQL can: a few
 * warehouses do not tell the bits of a float.
 */
export async function hashRelation(
  session: Pick<WarehouseSession, 'ledger' | 'adapter'>,
  relation: Relation,
  columns: HashedColumns,
  options: HashOptions,
): Promise<TableHash> {
  const { ledger, adapter } = session;
  return canHash(adapter.dialect, columns) && ledger.sql.has('hash/table')
    ? hashTable(ledger, relation, columns, options)
    : hashRead(session, relation, columns, options);
}

function canHash({ hashText }: Dialect, { values }: HashedColumns): boolean {
  try {
    values.forEach(hashText);
    return true;
  } catch (error) {
    if (isScoringError(error) && error.code === 'CAPABILITY') return false;
    throw error;
  }
}

async function hashRead(
  { ledger, adapter }: Pick<WarehouseSession, 'ledger' | 'adapter'>,
  table: Relation,
  { key, values }: HashedColumns,
  { exceptRun, snapshot = null, signal }: HashOptions,
): Promise<TableHash> {
  const ordered = [...key, ...values.filter((column) => !key.includes(column))];
  const columns = ordered.map(({ name }) => name);
  const { sql } = ledger.sql.render('hash/rows', {
    table,
    columns,
    exceptRun: exceptRun ?? null,
  });
  const query = exceptRun === undefined ? { sql, table } : { sql };
  const [hasher, buffers] = [new RowHasher(), new BufferPool()];
  let total: TableHash = { rows: 0, keys: 0n, values: 0n };
  const options = { key, chunkRows: BATCH_ROWS, order: 'any', ...under(snapshot), buffers, signal } as const;
  for await (const batch of adapter.read(query, ordered, options)) {
    const sets = hasher.hashSets(
      batch.rows,
      batch.columns.slice(0, key.length),
      batch.columns.slice(key.length),
    );
    total = { rows: total.rows + batch.rows, ...addHashes(total, sets) };
  }
  return total;
}
