import { findNearest } from '../config/index.js';
import type { Column } from '../contract/index.js';
import type { TensorInfo } from '../plan/scoring-spec.js';
import type { ModelInspection } from '../run/inspect-model.js';
import type { DraftFeature } from './target-draft.js';

/** Keys of a model's own metadata under which exporters and people keep the names of the columns. */
const NAME_KEYS: readonly string[] = ['feature_names', 'features', 'columns', 'input_columns'];

/** Columns of a matrix that are written out where nothing is known of them. */
const MOST_UNKNOWN = 200;

const NUMBERS: ReadonlySet<string> = new Set(['float', 'double', 'int32', 'int64', 'bool', 'decimal']);

/**
 * Proposes a column for each feature.
 *
 * @param columns of the table, but for its key; null where there is none
 */
export function draftFeatures(
  { inputs, model }: Pick<ModelInspection, 'inputs' | 'model'>,
  columns: readonly Column[] | null,
): readonly DraftFeature[] {
  const [first] = inputs;
  const isMatrix =
    inputs.length === 1 && first !== undefined && first.shape.length === 2 && first.shape[1] !== 1;
  if (isMatrix) return draftMatrix(first, readNames(model.metadata), columns);
  return inputs.map(({ name }) => ({ input: name, ...findColumn(name, columns) }));
}

/** The columns that the model says it was trained on; null where it says nothing that can be understood. */
function readNames(metadata: ModelInspection['model']['metadata']): readonly string[] | null {
  const text = metadata.find(([key]) => NAME_KEYS.includes(key.toLowerCase()))?.[1];
  if (text === undefined) return null;
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : null;
  } catch {
    const names = text.split(',').map((name) => name.trim());
    return names.every((name) => /^\w+$/.test(name)) ? names : null;
  }
}

function draftMatrix(
  { shape }: TensorInfo,
  names: readonly string[] | null,
  columns: readonly Column[] | null,
): readonly DraftFeature[] {
  const width = typeof shape[1] === 'number' ? shape[1] : null;
  if (names !== null && (width === null || names.length === width)) {
    return names.map((name) => ({ input: null, ...findColumn(name, columns) }));
  }
  const numbers = columns?.filter(({ type }) => NUMBERS.has(type.kind)) ?? [];
  const count = width ?? (numbers.length || 1);
  return Array.from({ length: Math.min(count, MOST_UNKNOWN) }, (_, i) => {
    const column = numbers[i]?.name;
    if (column === undefined)
      return { input: null, column: `feature_${i + 1}`, doubt: 'the model has no names' };
    const doubt = i === 0 ? "the table's order: it must be that of the training" : null;
    return { input: null, column, doubt };
  });
}

/** The column of that name: exactly, else whatever its case and underscores, else the nearest one. */
function findColumn(name: string, columns: readonly Column[] | null): Pick<DraftFeature, 'column' | 'doubt'> {
  if (columns === null) return { column: name, doubt: null };
  const names = columns.map((column) => column.name);
  if (names.includes(name)) return { column: name, doubt: null };
  for (const fold of [(text: string) => text.toLowerCase(), foldWords]) {
    const [found, ...more] = names.filter((each) => fold(each) === fold(name));
    if (found !== undefined) {
      return { column: found, doubt: more.length === 0 ? null : `or ${more.join(', ')}` };
    }
  }
  const near = findNearest(name, names);
  if (near !== null) return { column: near, doubt: `the nearest name to ${name}: is it that?` };
  return { column: name, doubt: `the table has no such column; it has ${names.slice(0, 20).join(', ')}` };
}

/** `MonthlySpend`, `monthly-spend` and `monthly_spend` are one. */
function foldWords(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
