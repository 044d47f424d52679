import { type Ledger, ledgerRelation, queryRows, renderLedger } from './ledger.js';

/** Targets of the runs that helper tables are named after, by helper; those of no run that the ledger knows are not in it. */
export async function readHelperOwners(
  ledger: Ledger,
  helpers: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (helpers.length === 0) return new Map();
  const shorts = [...new Set(helpers.map(shortOf))].map((short) => ({ short }));
  const table = ledgerRelation(ledger, 'runs');
  const statement = renderLedger(ledger, 'owners_list', { table, shorts });
  const rows = await queryRows(ledger, statement, shorts.length * 2, signal);
  const targets = new Map(rows.map((row) => [String(row.run_id).slice(-12), String(row.target)]));
  return new Map(
    helpers.flatMap((name) => {
      const target = targets.get(shortOf(name));
      return target === undefined ? [] : [[name, target] as const];
    }),
  );
}

function shortOf(helper: string): string {
  return helper.slice(-12);
}
