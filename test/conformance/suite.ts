import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Case } from './case.js';
import { casesOf } from './cases/index.js';
import { type CaseState, findUnknown, judge } from './expectations.js';
import { type CaseResult, type Report, renderReport } from './report.js';
import { openRig, promptly } from './rig.js';
import type { Subject, TestDatabase } from './subject.js';

/** Longest that a case may take: one that hangs has failed. */
const CASE_MS = 120_000;

/** Folder that the report is also written to as JSON, where one is asked for. */
const JSON_DIR = process.env.CONFORMANCE_DIR;

/**
 * Runs every case of the contract on an adapter: each must pass, but for those with an expectation, which must fail
 * as they say. What the adapter does not offer is left out, and the report says so.
 */
export function testAdapter(subject: Subject): void {
  test(`conformance of ${subject.kind}`, async (t) => {
    const database = await subject.makeDatabase(t);
    const { offered, missing } = await sort(casesOf(subject), database);
    const results: CaseResult[] = [...missing];
    for (const [number, each] of offered.entries()) {
      await t.test(each.id, async (t) => {
        const state = await runCase(t, subject, database, each, `c${number}`).catch((error) => {
          results.push({ id: each.id, state: 'failed' });
          throw error;
        });
        results.push({ id: each.id, state });
      });
    }
    await t.test('every expectation is of a case', () => {
      const ids = offered.map(({ id }) => id);
      assert.deepEqual(findUnknown(subject.expectations, ids), []);
      assert.equal(new Set(ids).size, ids.length, 'two cases have one id');
    });
    report(t, { ...subject, results });
  });
}

/** Which cases an adapter has to pass by what it offers. */
async function sort(
  cases: readonly Case[],
  database: TestDatabase,
): Promise<{ readonly offered: readonly Case[]; readonly missing: readonly CaseResult[] }> {
  await using adapter = await database.open('offers');
  const isOffered = ({ needs }: Case) => needs === undefined || needs.offeredBy(adapter);
  return {
    offered: cases.filter(isOffered),
    missing: cases.flatMap(({ id, needs }) => {
      if (needs === undefined || needs.opposite === true || needs.offeredBy(adapter)) return [];
      return [{ id, state: 'not offered', missing: needs.what }];
    }),
  };
}

async function runCase(
  t: TestContext,
  subject: Subject,
  database: TestDatabase,
  { id, run }: Case,
  schema: string,
): Promise<CaseState> {
  await using rig = await openRig(t, subject, database, schema);
  assert.equal(rig.adapter.kind, subject.kind);
  const error = await promptly(run(rig), id, CASE_MS).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return judge(id, subject.expectations[id], error);
}

function report(t: TestContext, { kind, tier, results, expectations }: Report): void {
  for (const line of renderReport({ kind, tier, results, expectations })) t.diagnostic(line);
  if (JSON_DIR === undefined) return;
  mkdirSync(JSON_DIR, { recursive: true });
  const document = results.map(({ id, state, missing }) => ({
    id,
    state,
    reason: expectations[id]?.reason ?? missing ?? null,
  }));
  writeFileSync(
    join(JSON_DIR, `${kind}.json`),
    `${JSON.stringify({ kind, tier, cases: document }, null, 2)}\n`,
  );
}
