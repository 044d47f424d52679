import { canEstimate, escapeLines } from '../../contract/index.js';
import { renderBroken } from '../../plan/check-write.js';
import { compileSql } from '../../run/compile-sql.js';
import { prepareRun } from '../../run/prepare.js';
import type { WarehouseSession } from '../../run/session.js';
import { summarisePlan } from '../../run/summary.js';
import { chooseTargets, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, SelectionArgs } from '../options.js';
import { renderPlan } from '../output/human.js';
import { formatBytes, toCell, toJson } from '../output/text.js';

export interface PlanArgs extends SelectionArgs {
  readonly sql?: boolean;
}

/** Shows what a run would do. Writes nothing. */
export async function plan(args: PlanArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const targets = chooseTargets(loaded, args);
  const session = await openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  await using _adapter = session.adapter;
  const documents: unknown[] = [];
  for (const target of targets) {
    await using prepared = await prepareRun(session, target, { signal: env.signal });
    const statements = args.sql === true ? await compileSql(session, prepared.plan, env.signal) : [];
    if (args.json === true) {
      documents.push({ ...prepared.plan, ...(args.sql === true ? { sql: statements } : {}) });
      continue;
    }
    env.stdout.write(`${target.name}\n${renderPlan(summarisePlan(prepared.plan))}\n`);
    const broken = renderBroken(prepared.plan.write);
    if (broken !== null) env.stderr.write(`warning: ${toCell(broken)}\n`);
    env.stdout.write(`  cost       ${await describeCost(session, prepared.plan.read.sql, env)}\n`);
    for (const { name, sql } of statements) env.stdout.write(`\n-- ${name}\n${escapeLines(sql)};\n`);
  }
  if (args.json === true) env.stdout.write(`${toJson({ plans: documents }, 2)}\n`);
  return 0;
}

async function describeCost({ adapter }: WarehouseSession, sql: string, env: CommandEnv): Promise<string> {
  if (!canEstimate(adapter)) return `${adapter.kind} meters nothing`;
  const { bytes, cost } = await adapter.estimate({ sql }, env.signal);
  return `${formatBytes(bytes)} billed${cost === null ? '' : `, ${cost.toFixed(2)}`}`;
}
