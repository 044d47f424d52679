import type { ResolvedCheck } from '../config/index.js';
import {
  assertInvariant,
  type CanonicalType,
  type Column,
  renderType,
  ScoringError,
} from '../contract/index.js';
import { findColumn } from './find-column.js';
import { isOrigin } from './output-columns.js';
import type { CheckSpec } from './scoring-plan.js';

/** Types that have deciles. */
const NUMBERS: ReadonlySet<CanonicalType['kind']> = new Set(['int32', 'int64', 'float', 'double', 'decimal']);

/**
 * The target's checks on the columns of its predictions.
 *
 * @param sql the SQL of those by SQL, in their order
 * @throws PLAN_INVALID where a column is not among the predictions, or has no distribution to compare
 */
export function bindChecks(
  checks: readonly ResolvedCheck[],
  sql: readonly (readonly string[])[],
  predictions: readonly Column[],
): readonly CheckSpec[] {
  // What scorehouse adds is not checked: where a version comes from one run, its tables do not even hold it.
  const columns = predictions.filter(({ name }) => !isOrigin(name));
  const texts = sql.values();
  return checks.map((check, i): CheckSpec => {
    const { over } = check;
    const suffix = over === 'staged' ? ' of staged' : '';
    if (check.kind === 'sql') {
      const { value: parts } = texts.next();
      assertInvariant(parts !== undefined, 'a check was planned without its SQL', 'plan');
      return { kind: 'sql', name: `checks[${i}].sql`, over, parts };
    }
    const column = findColumn(columns, check.column, `checks[${i}].column`, 'predictions');
    if (check.kind === 'nulls') {
      const { maxRate } = check;
      return { kind: 'nulls', name: `${column.name} null rate${suffix}`, over, column: column.name, maxRate };
    }
    assertNumber(column, i);
    return { kind: 'psi', name: `${column.name} psi${suffix}`, over, column: column.name, max: check.max };
  });
}

function assertNumber({ name, type }: Column, index: number): void {
  if (NUMBERS.has(type.kind)) return;
  throw new ScoringError(
    `checks[${index}].psi_vs: "${name}" is ${renderType(type)}, and only numbers have deciles to compare`,
    {
      code: 'PLAN_INVALID',
      stage: 'plan',
      details: { column: name },
      hint: 'Check a score instead, or compare shares of labels with a check by sql.',
    },
  );
}
