import type { Relation } from '../../contract/index.js';
import { controlRelation } from '../../ledger/control.js';
import { type Ledger, ledgerRelation } from '../../ledger/ledger.js';
import { LEDGER_RELATIONS } from '../../ledger/migrate.js';
import { parentRelation } from '../../publish/partitions.js';
import { type Finding, lack } from './finding.js';
import { type Scope, viewOf } from './places.js';
import { type RelationRow, readPartitionNames, readRelationRows } from './rows.js';

/**
 * What scorehouse has made and another role owns. Only its owner may change or drop the views and versions; tables of
 * the ledger may be another's as long as the user may write them.
 */
export async function auditOwnership(
  scope: Scope,
  ledger: Ledger,
  user: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const published: Relation[] = [];
  for (const target of scope.targets) {
    const view = viewOf(scope, target);
    const parent = parentRelation(view);
    const versions = await readPartitionNames(ledger, parent, signal);
    const quarantine = { ...view, name: `${view.name}__quarantine` };
    published.push(view, parent, quarantine, ...versions.map((name) => ({ ...view, name })));
  }
  const controls = scope.targets.map(({ name }) => controlRelation(ledger, name));
  const ask = (relations: readonly Relation[]) => readRelationRows(ledger, relations, [user], signal);
  const tell = (check: string) => (row: RelationRow) => tellOwner(ledger, check, row, user);
  return [
    ...(await ask(published)).filter(({ owns }) => !owns).map(tell('published')),
    ...(await ask(listKept(ledger))).filter((row) => !mayRecord(row)).map(tell('ledger')),
    ...(await ask(controls)).filter((row) => !(mayRecord(row) && row.updates)).map(tell('ledger')),
  ];
}

/** Of a ledger that the next run migrates: only the owner of its tables may. */
export async function auditMigration(
  ledger: Ledger,
  user: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const rows = await readRelationRows(ledger, listKept(ledger), [user], signal);
  return rows.filter(({ owns }) => !owns).map((row) => tellOwner(ledger, 'ledger', row, user));
}

function listKept(ledger: Ledger): readonly Relation[] {
  return LEDGER_RELATIONS.map((name) => ledgerRelation(ledger, name));
}

function tellOwner(
  { sql }: Ledger,
  check: string,
  { schema, name, view, owner }: RelationRow,
  user: string,
): Finding {
  const fix = sql.render('grants/owner', { relation: { schema, name }, view, role: user }).sql;
  return lack(check, `${schema}.${name} belongs to ${owner}, not to ${user}`, `${fix};`);
}

function mayRecord({ view, reads, inserts }: RelationRow): boolean {
  return reads && (view || inserts);
}
