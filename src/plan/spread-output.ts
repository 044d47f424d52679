import { invalidOutput, type OutputTensor } from './output-tensor.js';

/** A column for an element of an output. */
export interface ElementColumn {
  readonly column: string;
  /** Null where a row has one element. */
  readonly element: number | null;
}

/**
 * A column for each element: `<name>` for the only one, `<name>_<label>` for those of a ZipMap, else `<name>_0` and so on.
 *
 * @throws PLAN_INVALID where two labels would have one column
 */
export function spreadOutput(name: string, tensor: OutputTensor): readonly ElementColumn[] {
  const { width, labels, zipMap } = tensor;
  if (zipMap && labels !== null) {
    const columns = labels.values.map((label) => `${name}_${toName(label)}`);
    assertDistinct(columns, labels.values, tensor.name);
    return columns.map((column, i) => ({ column, element: width === 1 ? null : i }));
  }
  if (width === 1) return [{ column: name, element: null }];
  return Array.from({ length: width }, (_, i) => ({ column: `${name}_${i}`, element: i }));
}

/** What may stand in a name that every warehouse takes without quotes. */
function toName(label: string): string {
  return label.replace(/[^A-Za-z0-9_]/gu, '_');
}

function assertDistinct(columns: readonly string[], labels: readonly string[], output: string): void {
  const seen = new Map<string, string>();
  for (const [i, column] of columns.entries()) {
    const [folded, label] = [column.toLowerCase(), labels[i] ?? ''];
    const other = seen.get(folded);
    if (other !== undefined) {
      throw invalidOutput(
        `the classes ${JSON.stringify(other)} and ${JSON.stringify(label)} of "${output}" would both be column "${folded}"`,
        `Name a column for each in outputs: { first: { from: ${output}, class: ${JSON.stringify(other)} }, … }.`,
      );
    }
    seen.set(folded, label);
  }
}
