import { executeHeld } from '../ledger/control.js';
import { ledgerRelation } from '../ledger/ledger.js';
import { withoutVersion } from '../plan/output-columns.js';
import { type GateCheck, type GateInput, queryCounts, queryGate } from './check.js';
import { checkQuarantine, countQuarantined } from './rejects.js';

/** How many repeated keys a refusal shows. */
const SAMPLES = 5;

/** Whether the staged columns are as planned. */
export async function checkColumns({ ledger, plan, staging, signal }: GateInput): Promise<GateCheck> {
  const found = await ledger.adapter.inspect(staging, signal);
  const names = withoutVersion(found?.columns ?? [])
    .map(({ name }) => name)
    .join(', ');
  const planned = plan.write.tableColumns.map(({ name }) => name).join(', ');
  return { name: 'columns', passed: names === planned, finding: `staged ${names}; planned ${planned}` };
}

/** Whether the staged rows are those of the source. */
export async function checkRows(input: GateInput): Promise<readonly GateCheck[]> {
  const { ledger, plan, staging, runId, sourceRows, superseded, rejected } = input;
  const { sql } = ledger;
  const chunks = ledgerRelation(ledger, 'chunks');
  const { key } = plan.write;
  const counts = sql.render('gate/counts', { staging, chunks, runId, key });
  const found = await queryCounts(input, counts);
  // What somebody without the lease loaded is nobody's, whenever it came.
  if ((found[1] ?? 0) > 0) await removeUnledgered(input);
  const [staged = 0, unledgered = 0, nullKeys = 0] =
    (found[1] ?? 0) > 0 ? await queryCounts(input, counts) : found;
  const recorded = sql.render('gate/chunk_rows', { chunks, runId });
  const [, ledgerRows = 0, ledgerRejects = 0] = await queryCounts(input, recorded);
  const quarantined = await countQuarantined(input);
  // Rows published with NULL scores are staged; those only counted are known by the ledger alone.
  const absent = plan.write.rejectedRows === 'null' ? 0 : (quarantined?.keys ?? ledgerRejects);
  const keyless = sql.render('gate/look_nulls', { table: staging, columns: key });
  return [
    {
      name: 'rows',
      passed:
        staged + absent + superseded === sourceRows &&
        ledgerRows === staged &&
        ledgerRejects === rejected &&
        unledgered === 0,
      finding: `source ${sourceRows}${superseded > 0 ? `, of them ${superseded} superseded by a later row of their key` : ''}${rejected > 0 ? `, ${rejected} rejected` : ''}, staged ${staged}, in the ledger ${ledgerRows}, staged without a ledger row ${unledgered}`,
    },
    ...(quarantined === null ? [] : [checkQuarantine(input, quarantined)]),
    {
      name: 'null keys',
      passed: nullKeys === 0,
      finding: `${nullKeys} staged rows with NULL in the key`,
      ...(nullKeys > 0 ? { look: keyless.sql } : {}),
    },
  ];
}

async function removeUnledgered({ ledger, staging, runId, hold, signal }: GateInput): Promise<void> {
  const chunks = ledgerRelation(ledger, 'chunks');
  const statement = ledger.sql.render('stage/remove_unledgered', { staging, chunks, runId });
  await executeHeld(ledger, hold, [statement], signal);
}

/** Whether each key is there once. */
export async function checkKeys(input: GateInput): Promise<GateCheck> {
  const { ledger, plan, staging } = input;
  const { sql } = ledger;
  const { key } = plan.write;
  if (await input.unique) return { name: 'keys', passed: true, finding: 'unique, by an index' };
  // Where rows were loaded in key order, one pass over neighbours proves that no key repeats.
  if (sql.has('gate/ascending')) {
    const [descents = 0] = await queryCounts(input, sql.render('gate/ascending', { key, staging }));
    if (descents === 0) return { name: 'keys', passed: true, finding: 'unique' };
    if (plan.read.order === 'stored') {
      return {
        name: 'keys',
        passed: false,
        finding: `rows were read unsorted and ${descents} of them do not ascend`,
      };
    }
  }
  const [duplicates = 0, keys = 0] = await queryCounts(
    input,
    sql.render('gate/duplicates', { key, staging }),
  );
  if (duplicates === 0) return { name: 'keys', passed: true, finding: 'unique' };
  const statement = sql.render('gate/duplicate_samples', { key, staging, limit: SAMPLES });
  const rows = await queryGate(input, statement, SAMPLES);
  const samples = rows.map((row) => `(${row.map(String).join(', ')})`).join(', ');
  const finding = `${duplicates} rows repeat ${keys} keys of (${key.map(({ name }) => name).join(', ')}), among them ${samples}`;
  const look = sql.render('gate/look_duplicates', { key, staging }).sql;
  return { name: 'keys', passed: false, finding, look };
}
