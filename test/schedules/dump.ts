import type { Warehouse } from './warehouse.js';

/** A row as JSON has it. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Everything in the ledger and the predictions, read by plain SQL. */
export interface Dump {
  /** Tables by `schema.name`, with their rows, and the views that schedules look at. */
  readonly relations: ReadonlyMap<string, readonly Row[]>;
  /** Every table's rows as one text: equal texts are equal warehouses. */
  readonly digest: string;
}

const LIST = `select table_schema || '.' || table_name, table_type from information_schema.tables
  where table_schema in ('predictions', 'scorehouse') order by 1`;

/** Views that are read too; of other views, tables tell everything. */
const VIEWS = ['scorehouse.runs', 'scorehouse.versions'];

/** Reads all of it. Nobody writes meanwhile. */
export async function readDump(warehouse: Warehouse): Promise<Dump> {
  const listed = await warehouse.query(LIST);
  const tables = listed
    .filter(([name, type]) => type === 'BASE TABLE' && !String(name).endsWith('__versions'))
    .map(([name]) => String(name));
  const views = listed.map(([name]) => String(name)).filter((name) => VIEWS.includes(name));
  const selects = [...tables, ...views].map(
    (name) => `select '${name}', ${warehouse.json} from ${name} as t`,
  );
  const rows =
    selects.length === 0 ? [] : await warehouse.query(`${selects.join(' union all ')} order by 1, 2`);
  const relations = new Map<string, Row[]>([...tables, ...views].map((name) => [name, []]));
  for (const [name, json] of rows) relations.get(String(name))?.push(JSON.parse(String(json)) as Row);
  const digest = rows.filter(([name]) => !views.includes(String(name))).map((row) => row.join(' '));
  return { relations, digest: [...tables, ...digest].join('\n') };
}

/** Rows of a relation; none where it is not there. */
export function rowsOf({ relations }: Dump, name: string): readonly Row[] {
  return relations.get(name) ?? [];
}
