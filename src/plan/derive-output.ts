import type { Derivation, ResolvedOutput } from '../config/index.js';
import { toColumnType } from './casts.js';
import { findClass } from './find-class.js';
import { type BoundOutput, invalidOutput, type OutputTensor } from './output-tensor.js';
import type { OutputRead } from './scoring-spec.js';

type TopRead = Extract<OutputRead, { kind: 'top' }>;

/**
 * The columns that are made of a score, or of the best of a row's scores.
 *
 * @throws PLAN_INVALID where the output has no such score
 */
export function bindDerived(
  output: ResolvedOutput,
  derive: Derivation,
  tensor: OutputTensor,
): readonly BoundOutput[] {
  if (derive.kind === 'top') return bindTop(output, derive.k, tensor);
  const { name: column, nonfinite, tolerance, sigmoid } = output;
  const score = { element: findClass(output, tensor), ...(sigmoid === undefined ? {} : { sigmoid }) };
  const base = { column, from: tensor.name, nonfinite, range: null } as const;
  if (derive.kind === 'threshold') {
    return [{ ...base, read: { ...derive, ...score }, type: { kind: 'bool' } }];
  }
  return [{ ...base, read: { ...derive, tolerance, ...score }, type: { kind: 'text' } }];
}

/** `<name>_1 … <name>_k` for the labels of the best classes, then `<name>_1_score …` for their scores. */
function bindTop(output: ResolvedOutput, k: number, tensor: OutputTensor): readonly BoundOutput[] {
  const { name, nonfinite, range, tolerance, sigmoid } = output;
  const { width, labels, name: from, element } = tensor;
  if (k > width) {
    throw invalidOutput(`outputs.${name}: top_k: ${k} of the ${width} values that "${from}" gives a row`);
  }
  const places = Array.from({ length: k }, (_, place) => ({
    kind: 'top' as const,
    k,
    place,
    ...(sigmoid === undefined ? {} : { sigmoid }),
  }));
  const toLabel = (read: (typeof places)[number]): BoundOutput => ({
    column: `${name}_${read.place + 1}`,
    from,
    read: { ...read, give: 'label', labels } satisfies TopRead,
    type: { kind: labels?.type ?? 'int64' },
    // NaN shows in the scores beside it.
    nonfinite: 'keep',
    range: null,
  });
  const toScore = (read: (typeof places)[number]): BoundOutput => ({
    column: `${name}_${read.place + 1}_score`,
    from,
    read: { ...read, give: 'score' } satisfies TopRead,
    type: toColumnType(element),
    nonfinite,
    range: range === undefined ? null : { min: range[0], max: range[1], tolerance },
  });
  return [...places.map(toLabel), ...places.map(toScore)];
}
