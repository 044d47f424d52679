import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { StampedEvent } from '../../src/observe/events.js';
import { fixtureFile } from './fixtures.js';
import { type House, type HouseKind, makeHouse, writeTarget } from './house.js';
import { type Outcome, parseEvents } from './project.js';

/** Rows of the source: the key, then what the model hands on. */
export const SOURCE =
  'create table source (id bigint, part varchar, f double precision, n integer, big bigint, flag boolean, word varchar)';

/** Good values for every feature. */
export const GOOD = "1.5, 2, 3, true, 'a'";

/** What readers see of it. */
export const SEEN = 'select id, f64_same, i32_same, text_same from predictions.scores order by id';

/** What a target says of its features and rejects. */
export interface Rejecting {
  /** Policies by column of the source, such as `nulls: quarantine`. */
  readonly policies?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly errors?: string;
  readonly write?: string;
  readonly chunkRows?: number;
  /** Further lines of the target. */
  readonly more?: string;
}

/** A target whose model hands its inputs on, each column being a feature of its own. */
export function renderRejecting({
  policies = {},
  key = 'id',
  errors = 'budget: 1000',
  write = '',
  chunkRows = 4096,
  more = '',
}: Rejecting): string {
  const inputs = { f64: 'f', f32: 'plain', i32: 'n', i64: 'big', flag: 'flag', text: 'word' };
  const features = Object.entries(inputs).map(([input, column]) => {
    const policy = policies[column];
    return `${input}: { column: ${column}${policy === undefined ? '' : `, ${policy}`} }`;
  });
  return `source: { sql: "select *, cast(0 as real) as plain from source" }
key: [${key}]
model: { uri: ${JSON.stringify(fixtureFile('types', 'model.onnx'))} }
features: { ${features.join(', ')} }
outputs: { f64_same: { nonfinite: keep }, i32_same: {}, text_same: {} }
write: { ${write} }
errors: { ${errors} }
resources: { workers: 1, chunk_rows: ${chunkRows} }
${more}`;
}

/** A warehouse with such a source, and one target over it. */
export async function makeRejecting(
  t: TestContext,
  kind: HouseKind,
  target: Rejecting,
  ...values: readonly string[]
): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderRejecting(target) });
  await house.execute(SOURCE, ...insert(values));
  return house;
}

/** Rows of the source: `id, part, f, n, big, flag, word`. */
export function insert(values: readonly string[]): readonly string[] {
  return values.length === 0
    ? []
    : [`insert into source values ${values.map((value) => `(${value})`).join(', ')}`];
}

/** A good row. */
export function good(id: number): string {
  return `${id}, 'p', ${GOOD}`;
}

export function rewrite(house: House, target: Rejecting): void {
  writeTarget(house, 'scores', renderRejecting(target));
}

/** A run that must publish; its events. */
export async function publish(house: House): Promise<readonly StampedEvent[]> {
  const { code, stdout, stderr } = await house.run('run', '--json');
  assert.equal(code, 0, stdout + stderr);
  return parseEvents(stdout);
}

/** A run that must be refused. */
export async function refuse(house: House): Promise<Outcome> {
  const outcome = await house.run('run');
  assert.equal(outcome.code, 3, outcome.stdout + outcome.stderr);
  return outcome;
}

/** What the last run rejected: key, feature, reason. */
export async function rejectsOf(house: House, key = 'id'): Promise<readonly (readonly (string | null)[])[]> {
  return house.query(`select ${key}, feature, reason from predictions.scores__quarantine
    where _run_id = (select run_id from scorehouse.runs order by started_at desc, run_id desc limit 1)
    order by 1, 2, 3`);
}

/** What the last run counted: feature, reason, action, rows. */
export async function countsOf(house: House): Promise<readonly (readonly (string | null)[])[]> {
  return house.query(`select feature, reason, action, rows from scorehouse.feature_counts
    where run_id = (select run_id from scorehouse.runs order by started_at desc, run_id desc limit 1)
    order by 1, 2, 3`);
}

/** Rows read, scored, rejected and published of the last run, and its state. */
export async function figuresOf(house: House): Promise<readonly (string | null)[]> {
  const [row = []] = await house.query(`select rows_read, rows_scored, rows_rejected, rows_published, state
    from scorehouse.runs order by started_at desc, run_id desc limit 1`);
  return row;
}
