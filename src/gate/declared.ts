import type { Relation } from '../contract/index.js';
import type { CheckSpec } from '../plan/scoring-plan.js';
import { checkAnswer } from './answer.js';
import type { GateCheck, GateInput } from './check.js';
import { checkNullRates } from './null-rate.js';
import { checkPsi } from './psi.js';

/** Runs the checks that the target declares over one scope, on the table that is its scope. */
export async function runDeclared(
  input: GateInput,
  over: CheckSpec['over'],
  table: Relation,
): Promise<readonly GateCheck[]> {
  const declared = input.plan.checks.filter((check) => check.over === over);
  const checks: GateCheck[] = await checkNullRates(
    input,
    table,
    declared.filter((check) => check.kind === 'nulls'),
  );
  for (const check of declared) {
    if (check.kind === 'psi') checks.push(await checkPsi(input, table, check));
    if (check.kind === 'sql') checks.push(await checkAnswer(input, table, check));
  }
  return checks;
}
