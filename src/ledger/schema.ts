import type { Statement } from '../contract/index.js';
import { type Ledger, queryRows, renderLedger } from './ledger.js';

/**
 * A lock until the transaction ends, so that no two runs make the same schema or table at once: even `if not exists`
 * fails then. Nothing where the warehouse has one writer at a time.
 */
export function renderSerialise(ledger: Ledger, name: string): readonly Statement[] {
  return ledger.sql.has('ledger/serialise') ? [renderLedger(ledger, 'serialise', { name })] : [];
}

/** Statements that make a schema, none where it is there: `if not exists` asks for the right to make one all the same. */
export async function planSchema(
  ledger: Ledger,
  schema: string,
  signal: AbortSignal,
): Promise<readonly Statement[]> {
  const [row] = await queryRows(ledger, renderLedger(ledger, 'schema_exists', { schema }), 1, signal);
  if (Number(row?.found ?? 0) > 0) return [];
  return [...renderSerialise(ledger, schema), renderLedger(ledger, 'create_schema', { schema })];
}
