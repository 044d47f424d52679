import fc from 'fast-check';

type Value = number | boolean | string | null;

/** A row of the source, by column. */
export type OracleRow = Readonly<Record<Column, Value>> & { readonly id: number };

/** Columns that are features, and the inputs that the target feeds them to. */
const INPUTS = { f: 'f64', n: 'i32', big: 'i64', flag: 'flag', word: 'text' } as const;
type Column = keyof typeof INPUTS;
const COLUMNS = Object.keys(INPUTS) as readonly Column[];

/** What a target may say of a feature. */
interface Policy {
  readonly nulls: 'nan' | 'quarantine' | { readonly value: Value };
  readonly allowed?: readonly Value[];
  readonly unseen?: 'pass' | 'quarantine' | { readonly value: Value };
  readonly range?: readonly [number, number];
}

export type Policies = Readonly<Record<Column, Policy>>;

export interface OracleCase {
  readonly rows: readonly OracleRow[];
  readonly policies: Policies;
  readonly rejectedRows: 'drop' | 'null' | 'keep_previous';
  readonly strategy: 'swap' | 'merge';
  readonly chunkRows: number;
}

const VALUES: Readonly<Record<Column, fc.Arbitrary<Value>>> = {
  f: fc.constantFrom(0, 0.5, -1, 2, 1000, Number.NaN, null),
  n: fc.constantFrom(-3, 0, 1, 2, 7, null),
  big: fc.constantFrom(-3, 0, 1, 2, 9_007_199_254_740_991, null),
  flag: fc.constantFrom(true, false, null),
  word: fc.constantFrom('a', "o'b", '"', '', 'ä', 'B', null),
};

/** A value that is in no column by itself. */
const OTHER: Readonly<Record<Column, Value>> = { f: -99, n: -99, big: -99, flag: true, word: "it's none" };

function policyOf(column: Column): fc.Arbitrary<Policy> {
  const value = fc.constant({ value: OTHER[column] });
  const nulls: fc.Arbitrary<Policy['nulls']> =
    column === 'f'
      ? fc.oneof(fc.constantFrom('nan', 'quarantine'), value)
      : fc.oneof(fc.constant('quarantine' as const), value);
  const ranges = fc.option(fc.constantFrom<readonly [number, number]>([0, 2], [-1, 1], [0.25, 7], [5, 5]), {
    nil: null,
  });
  const known = VALUES[column].filter((each) => each !== null);
  const allowed = fc.option(fc.uniqueArray(known, { minLength: 1, maxLength: 4 }), { nil: null });
  const unseen: fc.Arbitrary<NonNullable<Policy['unseen']>> = fc.oneof(
    fc.constantFrom('pass', 'quarantine'),
    value,
  );
  const hasAllowed = column !== 'f';
  const hasRange = column === 'f' || column === 'n' || column === 'big';
  return fc.record({ nulls, allowed, unseen, range: ranges }).map((policy) => ({
    nulls: policy.nulls,
    ...(hasAllowed && policy.allowed !== null ? { allowed: policy.allowed, unseen: policy.unseen } : {}),
    ...(hasRange && policy.range !== null ? { range: policy.range } : {}),
  }));
}

/** Targets and sources as nobody would think of. */
export const ORACLE_CASES: fc.Arbitrary<OracleCase> = fc.record({
  rows: fc
    .array(fc.record(VALUES), { minLength: 1, maxLength: 60 })
    .map((rows) => rows.map((row, id) => ({ ...row, id }))),
  policies: fc.record({
    f: policyOf('f'),
    n: policyOf('n'),
    big: policyOf('big'),
    flag: policyOf('flag'),
    word: policyOf('word'),
  }),
  rejectedRows: fc.constantFrom('drop', 'null', 'keep_previous'),
  strategy: fc.constantFrom('swap', 'merge'),
  chunkRows: fc.constantFrom(1, 7, 4096),
});

/** Policies as the target writes them, by column. */
export function renderPolicies(policies: Policies): Readonly<Record<string, string>> {
  const entries = COLUMNS.map((column) => {
    const written = Object.entries(policies[column]).filter(([, value]) => value !== undefined);
    return [column, written.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

/** A row as SQL writes it: `id, part, f, n, big, flag, word`. */
export function renderRow({ id, f, n, big, flag, word }: OracleRow): string {
  const text = word === null ? 'null' : `'${String(word).replaceAll("'", "''")}'`;
  const number = Number.isNaN(f) ? "cast('NaN' as double precision)" : String(f);
  return `${id}, 'p', ${number}, ${n}, ${big}, ${flag}, ${text}`;
}

/** What must become of the rows. */
export interface Expected {
  /** Values that the model hands on, by key; null where the row is rejected. */
  readonly scored: ReadonlyMap<number, Readonly<Record<Column, Value>> | null>;
  /** Key, feature, reason. */
  readonly rejects: readonly (readonly [number, string, string])[];
  /** Feature, reason and action to rows. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Says it row by row, as a person would. */
export function expect({ rows, policies }: OracleCase): Expected {
  const scored = new Map<number, Readonly<Record<Column, Value>> | null>();
  const rejects: (readonly [number, string, string])[] = [];
  const counts = new Map<string, number>();
  const count = (...name: readonly string[]) => {
    counts.set(name.join(' '), (counts.get(name.join(' ')) ?? 0) + 1);
  };
  for (const row of rows) {
    const taken = COLUMNS.map((column) => ({ column, ...take(row[column], policies[column]) }));
    const reasons = taken.flatMap(({ column, reasons }) =>
      reasons.map((reason) => [row.id, INPUTS[column], reason] as const),
    );
    for (const [, feature, reason] of reasons) count(feature, reason, 'quarantine');
    rejects.push(...reasons);
    if (reasons.length > 0) scored.set(row.id, null);
    else {
      for (const { column, told } of taken) if (told !== null) count(INPUTS[column], ...told);
      const values = Object.fromEntries(taken.map(({ column, value }) => [column, value]));
      scored.set(row.id, values as Record<Column, Value>);
    }
  }
  return { scored, rejects, counts };
}

interface Taken {
  /** What the model gets. */
  readonly value: Value;
  /** Why the row is rejected. */
  readonly reasons: readonly string[];
  /** Reason and action, where the value is not as it was. */
  readonly told: readonly [string, string] | null;
}

function take(value: Value, { nulls, allowed, unseen = 'quarantine', range }: Policy): Taken {
  if (value === null || Number.isNaN(value)) {
    if (nulls === 'quarantine') return { value, reasons: ['null'], told: null };
    if (nulls !== 'nan') return { value: nulls.value, reasons: [], told: ['null', 'value'] };
    return { value: Number.NaN, reasons: [], told: value === null ? ['null', 'nan'] : null };
  }
  const outside = range !== undefined && (Number(value) < range[0] || Number(value) > range[1]);
  const isUnseen = allowed !== undefined && !allowed.includes(value);
  const reasons = [...(isUnseen && unseen === 'quarantine' ? ['unseen'] : []), ...(outside ? ['range'] : [])];
  if (!isUnseen || unseen === 'quarantine') return { value, reasons, told: null };
  if (unseen === 'pass') return { value, reasons, told: ['unseen', 'pass'] };
  return { value: unseen.value, reasons, told: ['unseen', 'value'] };
}
