import type { Column as DriverColumn } from 'snowflake-sdk';
import { ScoringError, type SmallResult, type SmallValue, type Statement } from '../../src/contract/index.js';
import { ask } from './ask.js';
import { toCallError } from './errors.js';
import type { CallOptions, SessionPool } from './pool.js';
import { type Cell, RowReader } from './rows.js';
import { type Session, toTag } from './session.js';

/** Runs a statement whose result is small; more rows than `maxRows` are an error. */
export async function querySmall(
  pool: SessionPool,
  session: Session,
  { name, sql }: Statement,
  call: CallOptions,
  maxRows: number,
): Promise<SmallResult> {
  const { stage, annotations } = call;
  const place = pool.placeOf(stage, name);
  const signal = pool.signalOf(call);
  const statement = await ask(pool, session, { sql, signal, tag: toTag(annotations) }, place);
  const columns = statement.getColumns() ?? [];
  // The server has counted them before the first is sent.
  if (statement.getNumRows() > maxRows) throw tooMany(name, maxRows, stage);
  using reader = new RowReader(statement);
  const stop = () => reader.fail(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const rows: SmallValue[][] = [];
    for (let row = await reader.next(); row !== null; row = await reader.next()) {
      rows.push(columns.map((column, i) => toSmallValue(row[i] as Cell, column)));
    }
    return { columns: columns.map((column) => column.getName()), rows };
  } catch (error) {
    throw toCallError(error, signal, place);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function tooMany(name: string, maxRows: number, stage: CallOptions['stage']): ScoringError {
  return new ScoringError(`${name} returned more than ${maxRows} rows`, { code: 'INVARIANT', stage });
}

/** Numbers with a fraction that is written stay text; floats and whole numbers have twins in JavaScript. */
function toSmallValue(cell: Cell, column: DriverColumn): SmallValue {
  if (cell === null || typeof cell === 'boolean') return cell;
  if (typeof cell !== 'string') return cell.toString('hex');
  switch (column.getType().toLowerCase()) {
    case 'fixed':
      return column.getScale() === 0 ? BigInt(cell) : cell;
    case 'real':
      return toDouble(cell);
    default:
      return cell;
  }
}

/** Infinities have a short name. */
export function toDouble(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
