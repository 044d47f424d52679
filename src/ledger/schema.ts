import { isScoringError, type ScoringError, type Statement } from '../contract/index.js';
import { type Ledger, renderLedger } from './ledger.js';

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
  { database, schema }: Ledger['schema'],
  signal: AbortSignal,
): Promise<readonly Statement[]> {
  const place = { ...(database === undefined ? {} : { database }), schema };
  if (await isThere(ledger, place, signal)) return [];
  return [...renderSerialise(ledger, schema), renderLedger(ledger, 'create_schema', place)];
}

/** What a catalog answers that is part of the schema, where there is none, or none that may be looked at. */
const REFUSALS: ReadonlySet<ScoringError['code']> = new Set(['SOURCE_INVALID', 'ENVIRONMENT', 'PERMISSION']);

async function isThere(ledger: Ledger, place: Ledger['schema'], signal: AbortSignal): Promise<boolean> {
  const statement = renderLedger(ledger, 'schema_exists', { ...place });
  try {
    const { rows } = await ledger.adapter.query(statement, { maxRows: 1, stage: 'plan', signal });
    return Number(rows[0]?.[0] ?? 0) > 0;
  } catch (error) {
    if (isScoringError(error) && REFUSALS.has(error.code)) return false;
    throw error;
  }
}
