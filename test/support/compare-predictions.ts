import type { RangingAdapter } from '../../src/contract/index.js';
import { queryAll } from './duckdb.js';
import { renderBits } from './fixtures.js';

/** Rows shown of those that differ. */
const SHOWN = 3;

/** Columns that every view has, which say nothing of a score. */
const ORIGIN = '_run_id, _model_version, _scored_at';

interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * How a published view differs from a parquet file of its key `id` and prediction columns: other columns or types, keys
 * that are missing, repeated or too many, other bits. Empty where it does not.
 */
export async function describeDifference(
  adapter: Pick<RangingAdapter, 'query'>,
  view: string,
  expected: string,
): Promise<string> {
  const wanted = `select * from read_parquet('${expected.replaceAll("'", "''")}')`;
  const given = `select * exclude (${ORIGIN}) from ${view}`;
  const [columns, got] = [await readColumns(adapter, wanted), await readColumns(adapter, given)];
  const [shouldBe, are] = [columns, got].map((each) => each.map(renderColumn).join(', '));
  if (shouldBe !== are) return `columns are ${are}, not ${shouldBe}`;

  const differs = columns.filter(({ name }) => name !== 'id').map(renderColumnDiffers);
  const joined = `from (${given}) as p full join (${wanted}) as e on e.id = p.id
    where p.id is null or e.id is null or ${differs.join(' or ')}`;
  const [counts] = await queryAll(
    adapter,
    `select (select count(*) - count(distinct id) from ${view}), count(*) filter (where p.id is null),
      count(*) filter (where e.id is null), count(*) ${joined}`,
  );
  const [repeated, missing, surplus, different] = (counts ?? []).map(Number);
  if (repeated === 0 && different === 0) return '';
  const shown = await queryAll(
    adapter,
    `select cast(p as varchar), cast(e as varchar) ${joined} order by e.id limit ${SHOWN}`,
  );
  return [
    `keys repeated ${repeated}, missing ${missing}, too many ${surplus}; rows that differ ${different}, the first:`,
    ...shown.map(([p, e]) => `  got ${p}\n  not ${e}`),
  ].join('\n');
}

async function readColumns(
  adapter: Pick<RangingAdapter, 'query'>,
  query: string,
): Promise<readonly TypedColumn[]> {
  const rows = await queryAll(adapter, `select column_name, column_type from (describe ${query})`);
  return rows.map(([name, type]) => ({ name: String(name).toLowerCase(), type: toPlainType(String(type)) }));
}

/** A parquet list has no length, the view's array has. */
function toPlainType(type: string): string {
  return type.replace(/\[\d+\]$/, '[]');
}

function renderColumn({ name, type }: TypedColumn): string {
  return `${name} ${type}`;
}

/** True where one is NULL or the bits are others; the sign of a zero is left out, see `renderDifference`. */
function renderColumnDiffers({ name, type }: TypedColumn): string {
  const [p, e] = ['p', 'e'].map((side) => `${side}."${name.replaceAll('"', '""')}"`) as [string, string];
  if (type === 'FLOAT[]') return `${renderListBits(p)} is distinct from ${renderListBits(e)}`;
  if (type !== 'FLOAT' && type !== 'DOUBLE') return `${p} is distinct from ${e}`;
  const [a, b] = [p, e].map((side) => renderBits('duckdb', side, type === 'FLOAT' ? 'real' : 'double'));
  return `(${a} is distinct from ${b} and not coalesce(${p} = 0 and ${e} = 0, false))`;
}

function renderListBits(column: string): string {
  return `list_transform(cast(${column} as float[]), lambda x: ${renderBits('duckdb', 'x', 'real')})`;
}
