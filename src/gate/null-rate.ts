import type { Relation } from '../contract/index.js';
import type { CheckSpec } from '../plan/scoring-plan.js';
import { type GateCheck, type GateInput, queryCounts } from './check.js';

/** `max_null_rate` of several columns, in one pass over the table. */
export async function checkNullRates(
  input: GateInput,
  table: Relation,
  checks: readonly Extract<CheckSpec, { kind: 'nulls' }>[],
): Promise<GateCheck[]> {
  if (checks.length === 0) return [];
  const { sql } = input.ledger;
  const columns = checks.map(({ column }) => ({ name: column }));
  const [rows = 0, ...values] = await queryCounts(input, sql.render('gate/nulls', { table, columns }));
  return checks.map(({ name, column, maxRate }, i) => {
    const nulls = rows - (values[i] ?? 0);
    const rate = rows === 0 ? 0 : nulls / rows;
    const passed = rate <= maxRate;
    const look = sql.render('gate/look_nulls', { table, columns: [{ name: column }] }).sql;
    const finding = `${nulls} of ${rows} rows are NULL, a rate of ${Number(rate.toPrecision(4))}, at most ${maxRate} is allowed`;
    return { name, passed, finding, ...(passed ? {} : { look }) };
  });
}
