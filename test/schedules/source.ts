import { BUDGET, CANARY } from './project.js';

/** What somebody puts into the source. */
export interface SourceChange {
  readonly rows: number;
  /** Which keys, and which values. */
  readonly salt: number;
  /** So many rows whose feature is NULL: they are rejected. */
  readonly rejects: number;
  /** True where the first key comes twice. */
  readonly twice: boolean;
}

/** A content of the source, and what a clean run makes of it, by plain arithmetic. */
export interface SourceState {
  /** Stands in every row, so that whoever reads predictions knows what they were made from. */
  readonly number: number;
  readonly rows: readonly { readonly id: number; readonly x: number | null }[];
  /** False where no run may publish it. */
  readonly sound: boolean;
  /** Keys and scores of a clean run, ascending by key. */
  readonly expected: readonly (readonly [id: number, y: number])[];
}

export function toState(number: number, { rows, salt, rejects, twice }: SourceChange): SourceState {
  const made = Array.from({ length: rows }, (_, i) => ({
    // 13 is a prime: the keys differ, and are not in order.
    id: ((i * 5 + salt) % 13) + 1,
    x: i < rejects ? null : number * 100 + salt + i,
  }));
  const [first] = made;
  const all = twice && first !== undefined ? [...made, first] : made;
  return {
    number,
    rows: all,
    sound: rows > 0 && !twice && Math.min(rejects, rows) <= BUDGET,
    expected: made
      .flatMap(({ id, x }) => (x === null ? [] : [[id, 2 * x + 1] as const]))
      .sort(([a], [b]) => a - b),
  };
}

/** Statements that put the state into the source, as one. */
export function renderState({ number, rows }: SourceState): readonly string[] {
  const values = rows.map(({ id, x }) => `(${id}, ${x ?? 'null'}, ${number}, '${CANARY}')`);
  return [
    'begin',
    'delete from source',
    ...(values.length === 0 ? [] : [`insert into source values ${values.join(', ')}`]),
    'commit',
  ];
}

export const CREATE_SOURCE = 'create table source (id bigint, x real, state integer, note varchar)';
