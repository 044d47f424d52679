import type { CaseState, ExpectationKind, Expectations } from './expectations.js';
import type { Tier } from './subject.js';

/** What became of one case, and why where it did not just pass. */
export interface CaseResult {
  readonly id: string;
  readonly state: CaseState;
  /** What the adapter does not offer, for a case that was left out. */
  readonly missing?: string;
}

export interface Report {
  readonly kind: string;
  readonly tier: Tier;
  readonly results: readonly CaseResult[];
  readonly expectations: Expectations;
}

const EXPECTED: readonly ExpectationKind[] = ['never', 'upstream', 'todo'];

/** How the lines of a report start, so that they are found among other diagnostics. */
export const REPORT_PREFIX = 'conformance ';

/** The report as lines: one of counts, one an expectation with its reason, one for what is not offered. */
export function renderReport({ kind, tier, results, expectations }: Report): readonly string[] {
  const count = (state: CaseState) => results.filter((result) => result.state === state).length;
  const counts = (['passed', ...EXPECTED, 'not offered', 'failed'] as const)
    .filter((state) => count(state) > 0 || (state !== 'not offered' && state !== 'failed'))
    .map((state) => `${count(state)} ${state}`);
  const name = `${REPORT_PREFIX}${kind} (${tier})`;
  return [
    `${name}: ${counts.join(', ')}`,
    ...EXPECTED.flatMap((expected) =>
      results
        .filter(({ state }) => state === expected)
        .map(({ id }) => `${name}: ${expected} ${id}: ${renderReason(expectations, id)}`),
    ),
    ...countMissing(results).map(
      ([missing, cases]) => `${name}: not offered ${missing} (${cases === 1 ? '1 case' : `${cases} cases`})`,
    ),
  ];
}

function renderReason(expectations: Expectations, id: string): string {
  const { reason, link } = expectations[id] ?? { reason: '' };
  return link === undefined ? reason : `${reason} (${link})`;
}

function countMissing(results: readonly CaseResult[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { missing } of results) {
    if (missing !== undefined) counts.set(missing, (counts.get(missing) ?? 0) + 1);
  }
  return [...counts];
}
