import type { Relation } from '../contract/index.js';
import type { LabelCounts } from '../ledger/metrics.js';
import { type GateInput, queryGate } from './check.js';
import type { Extent } from './extent.js';
import { chooseSample } from './sample.js';

/** More values than this are texts about single rows, not labels. */
const MOST_LABELS = 50;
/** Labels that are kept. */
const KEPT_LABELS = 20;
/** A label is a word or two. */
const MOST_CHARACTERS = 100;

/**
 * The most frequent labels of a column of texts or booleans. Values that one row alone has are counted and not kept:
 * they may say something about that row.
 *
 * @returns null where the column holds no labels
 */
export async function readLabels(
  input: GateInput,
  table: Relation,
  { column, rows, nulls }: Extent,
): Promise<LabelCounts | null> {
  if (rows === nulls) return null;
  const statement = input.ledger.sql.render('gate/labels', {
    table,
    column: column.name,
    key: input.plan.write.key,
    sample: chooseSample(rows),
    limit: MOST_LABELS + 1,
  });
  const found = await queryGate(input, statement, MOST_LABELS + 1);
  if (found.length > MOST_LABELS) return null;
  const counted = found.map(([label, count]) => [String(label), Number(count)] as const);
  const kept = counted
    .filter(([label, count]) => count > 1 && label.length <= MOST_CHARACTERS)
    .slice(0, KEPT_LABELS);
  const total = (labels: readonly (readonly [string, number])[]) =>
    labels.reduce((sum, [, count]) => sum + count, 0);
  return { labels: Object.fromEntries(kept), other: total(counted) - total(kept) };
}
