import type { InspectedOutput } from '../run/inspect-model.js';
import { toScalar } from './yaml-text.js';

/** Columns of one output beyond which an array reads better. */
const MOST_COLUMNS = 16;

/** A prediction column proposed for an output. */
export interface DraftOutput {
  readonly name: string;
  /** What stands behind the name, as YAML. */
  readonly keys: Readonly<Record<string, string>>;
  readonly doubt: string | null;
}

/** A column for each value of each output, named by its class where the model tells it. */
export function draftOutputs(outputs: readonly InspectedOutput[]): readonly DraftOutput[] {
  const taken = new Set<string>();
  return outputs.flatMap(draftOutput).map((draft) => {
    let name = draft.name;
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${draft.name}_${i}`;
    taken.add(name.toLowerCase());
    return { ...draft, name };
  });
}

function draftOutput(output: InspectedOutput): readonly DraftOutput[] {
  const { name, width, labels, isZipMap } = output;
  const from = toScalar(name);
  if (labels !== null) {
    const base = isZipMap ? 'probability' : name;
    return labels.values.map((label, i) => ({
      name: toName(`${base}_${label}`, `${base}_${i}`),
      keys: { from, class: toClass(label, labels.type), ...toRange(output) },
      doubt: null,
    }));
  }
  if (width === null || width === 1) {
    const doubt = width === null ? 'its width is not known before rows are scored' : null;
    return [{ name: toName(name, 'score'), keys: { from }, doubt }];
  }
  if (width > MOST_COLUMNS) {
    return [{ name: toName(name, 'vector'), keys: { from, as: 'array' }, doubt: `${width} values a row` }];
  }
  return Array.from({ length: width }, (_, i) => ({
    name: toName(`${name}_${i}`, `score_${i}`),
    keys: { from, class: String(i) },
    doubt: null,
  }));
}

/** Probabilities are known to lie between 0 and 1, give or take the sum's rounding. */
function toRange({ name, type }: InspectedOutput): Readonly<Record<string, string>> {
  const isProbability = /prob/i.test(name) && (type === 'float32' || type === 'float64');
  return isProbability ? { range: '[0, 1]', tolerance: '1e-6' } : {};
}

/** An integer label as a number, where a number holds every digit. */
function toClass(label: string, type: 'text' | 'int64'): string {
  return type === 'int64' && Number.isSafeInteger(Number(label)) ? label : JSON.stringify(label);
}

/** A name that every warehouse takes without quotes. */
function toName(text: string, other: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .slice(0, 60);
  if (/^[a-z_]/.test(name) && /[a-z0-9]/.test(name)) return name;
  return other === text ? `output_${name}`.slice(0, 60) : toName(other, other);
}
