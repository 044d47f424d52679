import type { ResolvedTarget } from '../config/index.js';
import { type Batch, BufferPool, type CanonicalType, ScoringError } from '../contract/index.js';
import { type CsvValue, renderCsvRow } from '../examples/csv.js';
import { type ExampleFeature, listOutputs } from '../examples/feature.js';
import { type ExampleValue, isWritable } from '../examples/value.js';
import { readValue, renderCell, toVector } from '../examples/vectors.js';
import { FIRST_CHUNK, readChunks } from '../extract/chunks.js';
import { assertProfile } from '../extract/source.js';
import { featureColumns } from '../stage/load-part.js';
import { planFeatures } from './golden.js';
import { type PreparedRun, prepareRun } from './prepare.js';
import { scoreExamples } from './score-examples.js';
import type { WarehouseSession } from './session.js';

/** A golden file's text. */
export interface MadeGolden {
  readonly text: string;
  readonly rows: number;
}

/**
 * The source's first rows in key order with the scores that they get on this host, as a golden file. Writes nothing.
 *
 * @param count rows wanted; fewer where the source has fewer
 * @throws what makes the target impossible, and EMPTY_INPUT
 */
export async function makeGolden(
  session: WarehouseSession,
  target: ResolvedTarget,
  count: number,
  signal: AbortSignal,
): Promise<MadeGolden> {
  // The file that the target names may not be there yet.
  await using prepared = await prepareRun(session, { ...target, golden: null }, { signal });
  assertProfile(prepared.profile, { ...target, allowEmpty: false });
  const ready = prepared.scorer.prepare(prepared.plan.scoring);
  const [batch] = await Promise.all([readFirst(session, prepared, count, signal), ready]);
  const rows = Math.min(count, batch.rows);
  const features = planFeatures(prepared.plan);
  const given = featureColumns(prepared.plan).map((position) =>
    readColumn(batch.columns[position] as Batch['columns'][number], rows),
  );
  return { text: await renderGolden(prepared, target, features, given, rows), rows };
}

/** The first rows in key order, however the plan reads the rest; any rows where reads have no order. */
async function readFirst(
  { adapter, ledger }: WarehouseSession,
  { plan, profile, snapshot }: PreparedRun,
  count: number,
  signal: AbortSignal,
): Promise<Batch> {
  const ordered = adapter.capabilities.orderedReads;
  const order = ordered ? 'key' : 'any';
  const read = { ...plan.read, paging: 'scan', order, chunkRows: count } as const;
  const all = { sql: plan.read.sql };
  const query = ordered ? all : ledger.sql.render('source/limit', { query: all.sql, limit: count });
  const buffers = new BufferPool();
  const chunks = readChunks(
    adapter,
    ledger.sql,
    query,
    read,
    profile.rows,
    snapshot,
    buffers,
    FIRST_CHUNK,
    signal,
  );
  for await (const { batch } of chunks) return batch;
  throw new ScoringError('the source gave no rows', { code: 'EMPTY_INPUT', stage: 'extract' });
}

function readColumn(vector: Batch['columns'][number], rows: number): readonly ExampleValue[] {
  return Array.from({ length: rows }, (_, row) => readValue(vector, row));
}

async function renderGolden(
  { plan, scorer }: PreparedRun,
  target: ResolvedTarget,
  features: readonly ExampleFeature[],
  given: readonly (readonly ExampleValue[])[],
  rows: number,
): Promise<string> {
  const outputs = listOutputs(plan.scoring);
  const scores = await scoreExamples(scorer, `source of ${target.name}`, features, given, rows);
  const columns = [
    ...features.map(({ column }, i) => toCells(column.name, column.type, given[i] ?? [])),
    ...outputs.flatMap(({ name, type }, output) =>
      isWritable(type)
        ? [
            toCells(
              name,
              type,
              Array.from({ length: rows }, (_, row) => scores(row, output)),
            ),
          ]
        : [],
    ),
  ];
  // The header first, then the rows.
  return Array.from({ length: rows + 1 }, (_, row) =>
    renderCsvRow(columns.map((cells) => cells[row] as CsvValue)),
  ).join('');
}

/** A column of the file: its name, then its values. Texts stand in quotes, so that an empty one is no NULL. */
function toCells(name: string, type: CanonicalType, values: readonly ExampleValue[]): readonly CsvValue[] {
  const vector = toVector(type, values);
  const quoted = type.kind === 'text';
  return [
    { text: name, quoted: /[",\r\n]/.test(name) },
    ...values.map((_, row) => {
      const text = renderCell(vector, row);
      return { text: text ?? '', quoted: quoted && text !== null };
    }),
  ];
}
