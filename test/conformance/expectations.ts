/**
 * Why a case is expected to fail. `never`: the warehouse cannot, and will not. `upstream`: somebody else's bug.
 * `todo`: ours to do.
 */
export type ExpectationKind = 'never' | 'upstream' | 'todo';

export interface Expectation {
  readonly kind: ExpectationKind;
  /** One sentence for a reader of the printed table. */
  readonly reason: string;
  /** What the failure says: a case that fails for another reason is not excused. */
  readonly fails: RegExp;
  readonly link?: string;
}

/** Expectations of one adapter by the id of the case. */
export type Expectations = Readonly<Record<string, Expectation>>;

/** What became of a case. */
export type CaseState = 'passed' | 'failed' | 'not offered' | ExpectationKind;

/**
 * Holds what a case did against what was expected of it.
 *
 * @param error what the case threw, null where it passed
 * @returns what became of the case where that was expected
 * @throws the case's own error where it should have passed; an error that says what to do where an expectation no
 *   longer fits
 */
export function judge(
  id: string,
  expectation: Expectation | undefined,
  error: unknown,
): 'passed' | ExpectationKind {
  if (expectation === undefined) {
    if (error !== null) throw error;
    return 'passed';
  }
  if (error === null) {
    throw new Error(`${id} passes, and is expected not to (${expectation.kind}): remove its expectation`);
  }
  const message = error instanceof Error ? error.message : String(error);
  if (!expectation.fails.test(message)) {
    throw new Error(`${id} fails for another reason than ${expectation.fails}: ${message}`, { cause: error });
  }
  return expectation.kind;
}

/** Ids of expectations that no case has: a typing mistake, or a case that was renamed. */
export function findUnknown(expectations: Expectations, ids: readonly string[]): readonly string[] {
  const known = new Set(ids);
  return Object.keys(expectations).filter((id) => !known.has(id));
}
