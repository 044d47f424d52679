import {
  type Batch,
  type Column,
  type KeyTuple,
  type Query,
  renderKeyOrder,
  type SmallResult,
  type SmallValue,
  valueToText,
} from '../../src/contract/index.js';
import { postgresDialect } from './dialect.js';

/** How the adapter asks: for a small result, and for columns in batches, whose values keep their canonical texts. */
export interface Asking {
  ask(sql: string, maxRows: number): Promise<SmallResult>;
  read(query: Query, columns: readonly Column[]): AsyncIterable<Batch>;
}

/** Beside the bounds' keys: the rows of the sample. */
const SAMPLED: Column = { name: '_rows', type: { kind: 'int64' }, native: 'bigint' };

/** Sampled keys for each range: ranges differ from each other by about a tenth. */
const SAMPLES_PER_RANGE = 100;

/** Fewer make ranges too unequal: the guess at the query's rows was wrong, and a larger share is asked for. */
const MIN_SAMPLES_PER_RANGE = 25;

/** Lines of a plan, of which the first is read. */
const MAX_PLAN_LINES = 10_000;

/**
 * Keys that cut the query's keys into about `n` equal ranges: a pass over the key columns keeps a share of the rows
 * and sorts that. The bounds are keys of the query, so they are right whatever share was kept.
 */
export async function findBounds(
  { ask, read }: Asking,
  query: Query,
  key: readonly Column[],
  n: number,
): Promise<readonly KeyTuple[]> {
  const plan = await ask(renderEstimate(query), MAX_PLAN_LINES);
  let share = (n * SAMPLES_PER_RANGE) / parseEstimate(plan.rows[0]?.[0]);
  for (;;) {
    const tuples: KeyTuple[] = [];
    let sampled = 0;
    for await (const batch of read(renderBounds(query, key, n, Math.min(share, 1)), [...key, SAMPLED])) {
      tuples.push(...toKeyTuples(batch, key.length));
      sampled = Number(batch.columns[key.length]?.values[0] ?? 0);
    }
    if (share >= 1 || sampled >= n * MIN_SAMPLES_PER_RANGE) return tuples;
    share *= (n * SAMPLES_PER_RANGE) / Math.max(sampled, 1);
  }
}

function renderEstimate(query: Query): string {
  return `explain select * from (${query.sql}\n) as source`;
}

/** Rows that the planner expects, from the first line of its plan; at least 1. */
function parseEstimate(line: SmallValue | undefined): number {
  const match = / rows=(\d+) /.exec(String(line ?? ''));
  return Math.max(1, Number(match?.[1] ?? 1));
}

/** The bounds' keys, and the rows of the sample. */
function renderBounds(query: Query, key: readonly Column[], n: number, share: number): Query {
  const idents = key.map(({ name }) => postgresDialect.ident(name));
  const columns = idents.join(', ');
  const order = renderKeyOrder(postgresDialect, key);
  const present = idents.map((ident) => `${ident} is not null`).join(' and ');
  // Row `_n` ends a range where the count of ranges that end up to it goes up.
  return {
    sql: `select distinct on (${order}) ${columns}, _rows from (
  select ${columns}, row_number() over (order by ${order}) as _n, count(*) over () as _rows
  from (select ${columns} from (${query.sql}\n) as source where random() < ${share} and ${present}) as sample
) as ranked
where _n < _rows and _n * ${n} / _rows > (_n - 1) * ${n} / _rows order by ${order}`,
  };
}

function toKeyTuples({ rows, columns }: Batch, keyColumns: number): readonly KeyTuple[] {
  return Array.from({ length: rows }, (_, row) =>
    columns.slice(0, keyColumns).map((vector) => ({ type: vector.type, text: valueToText(vector, row) })),
  );
}
