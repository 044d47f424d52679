import type { ResolvedOutput } from '../config/index.js';
import type { Labels } from './model-facts.js';
import { invalidOutput, type OutputTensor } from './output-tensor.js';

/** Labels that a message lists. */
const LISTED = 20;

/**
 * The element that a target's `class` names: a label where the graph has labels, else an index from 0.
 *
 * @returns null where a row has one element
 * @throws PLAN_INVALID where it names none, or is left out beside several
 */
export function findClass(
  { name, class: wanted }: Pick<ResolvedOutput, 'name' | 'class'>,
  tensor: OutputTensor,
): number | null {
  const { width } = tensor;
  if (wanted === undefined) {
    if (width === 1) return null;
    throw invalidOutput(
      `outputs.${name}: "${tensor.name}" gives ${width} values a row`,
      `Pick one with class: ${renderClasses(tensor)}.`,
    );
  }
  const found = tensor.labels === null ? findIndex(wanted, width) : findLabel(wanted, tensor.labels);
  if (found !== null) return width === 1 ? null : found;
  throw invalidOutput(
    `outputs.${name}: class ${JSON.stringify(wanted)} is not among the ${width} values of "${tensor.name}"`,
    `${tensor.labels === null ? 'The graph has no labels for it: its classes are' : 'Its classes are'} ${renderClasses(tensor)}.`,
  );
}

function findIndex(wanted: string | number, width: number): number | null {
  return typeof wanted === 'number' && wanted >= 0 && wanted < width ? wanted : null;
}

/** Numbers are compared by their digits, so that a label of more than 53 bits can be written as a text. */
function findLabel(wanted: string | number, { values }: Labels): number | null {
  const found = values.indexOf(String(wanted));
  return found < 0 ? null : found;
}

function renderClasses({ labels, width }: OutputTensor): string {
  if (labels === null) return width === 1 ? '0' : `0 … ${width - 1}`;
  const shown = labels.values
    .slice(0, LISTED)
    .map((label) => (labels.type === 'text' ? JSON.stringify(label) : label));
  const more = width > LISTED ? `, … and ${width - LISTED} more` : '';
  return `${shown.join(', ')}${more}`;
}
