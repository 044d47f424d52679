import type { ResolvedProject, ResolvedTarget } from '../config/index.js';
import {
  isScoringError,
  type Relation,
  renderType,
  ScoringError,
  type Statement,
} from '../contract/index.js';
import type { CheckSpec, ScoringPlan } from '../plan/scoring-plan.js';
import type { SqlRenderer } from '../sql/renderer.js';
import { splitUserSql } from '../sql/user-sql.js';
import type { GateCheck, GateInput } from './check.js';

type SqlCheck = Extract<CheckSpec, { kind: 'sql' }>;

/**
 * The SQL of the target's checks by SQL, in their order, variables rendered, each cut at `{{this}}`.
 *
 * @throws PLAN_INVALID for what `splitUserSql` does not take
 */
export function splitCheckSql(
  project: ResolvedProject,
  target: ResolvedTarget,
  { dialect }: SqlRenderer,
): readonly (readonly string[])[] {
  return target.checks.flatMap((check, i) =>
    check.kind === 'sql'
      ? [splitUserSql(check.sql, project.vars, dialect, `${target.file}: checks[${i}].sql`)]
      : [],
  );
}

/** The statements that ask the target's checks by SQL about a table. */
export function renderAnswers(sql: SqlRenderer, plan: ScoringPlan, table: Relation): readonly Statement[] {
  return plan.checks.flatMap((check) => (check.kind === 'sql' ? [renderAnswer(sql, check, table)] : []));
}

/**
 * Asks the warehouse, before anything is scored, whether the checks by SQL have the shape of an answer. It needs a
 * table with the predictions' columns and no rows.
 *
 * @throws PLAN_INVALID or SOURCE_INVALID, exit code 2
 */
export async function assertAnswers(input: Pick<GateInput, 'ledger' | 'plan' | 'staging' | 'signal'>) {
  const { ledger, plan, staging, signal } = input;
  for (const check of plan.checks) {
    if (check.kind !== 'sql') continue;
    const query = { sql: putTable(ledger.sql, check, staging) };
    const columns = await ledger.adapter.describe(query, signal).catch((cause) => {
      throw nameCheck(check, cause);
    });
    const [column] = columns;
    if (columns.length !== 1 || column?.type.kind !== 'bool') {
      const found = columns.map(({ name, type }) => `${name} ${renderType(type)}`).join(', ');
      throw wrongShape(check, `it returns ${columns.length} columns (${found})`, 'plan');
    }
  }
}

/** A check by SQL: its one boolean must be true. */
export async function checkAnswer(input: GateInput, table: Relation, check: SqlCheck): Promise<GateCheck> {
  const { ledger, signal } = input;
  const statement = renderAnswer(ledger.sql, check, table);
  const { columns, rows } = await ledger.adapter
    .query(statement, { maxRows: 2, stage: 'gate', readOnly: true, signal })
    .catch((cause) => {
      throw nameCheck(check, cause);
    });
  if (rows.length !== 1 || columns.length !== 1) {
    throw wrongShape(check, `it returned ${rows.length === 2 ? 'several' : rows.length} rows`, 'gate');
  }
  const answer = rows[0]?.[0] ?? null;
  if (answer === true) return { name: check.name, passed: true, finding: 'true' };
  const finding = `the answer is ${answer === null ? 'NULL' : 'false'}, true is expected`;
  return { name: check.name, passed: false, finding, look: putTable(ledger.sql, check, table) };
}

function renderAnswer(sql: SqlRenderer, check: SqlCheck, table: Relation): Statement {
  return sql.render('gate/answer', { query: putTable(sql, check, table), limit: 2 });
}

function putTable({ dialect }: SqlRenderer, { parts }: SqlCheck, table: Relation): string {
  return parts.join(dialect.relation(table));
}

/** The warehouse's error does not know whose SQL it was. */
function nameCheck({ name }: SqlCheck, cause: unknown): unknown {
  if (!isScoringError(cause) || cause.code === 'INTERRUPTED') return cause;
  const { code, stage, details, retryable } = cause;
  const hint = cause.hint ?? 'Names in a check are those of the predictions: {{this}} is their table.';
  return new ScoringError(`${name}: ${cause.message}`, { code, stage, details, retryable, hint, cause });
}

function wrongShape({ name }: SqlCheck, found: string, stage: 'plan' | 'gate'): ScoringError {
  return new ScoringError(`${name}: ${found}, one row with one boolean is expected`, {
    code: 'PLAN_INVALID',
    stage,
    hint: 'Write a condition over the whole table, such as select count(*) = 0 from {{this}} where …',
  });
}
