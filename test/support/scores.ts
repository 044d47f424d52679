import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { fixtureFile } from './fixtures.js';
import { type House, type HouseKind, makeHouse } from './house.js';

/** Rows of the source. */
export const ROWS = 1000;

/** What readers see. */
export const SEEN = 'select id, score, level, label from predictions.scores order by id';

/** What a test's target says beside the rest. */
export interface Target {
  readonly score?: string;
  readonly checks?: readonly string[];
  readonly write?: string;
}

/** A target whose scores are the source's own columns: the table decides what the model gives. */
export function renderTarget({
  score = 'range: [0, 1], tolerance: 0.001',
  checks = [],
  write = '',
}: Target): string {
  return `source: { sql: select * from source }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('types', 'model.onnx'))} }
features: { f32: { column: value }, f64: { column: value }, i32: { column: step }, i64: { column: step }, flag: { column: flag }, text: { column: word } }
outputs: { score: { from: f32_same, ${score} }, level: { from: i32_same }, label: { from: text_same } }
passthrough: [note]
write: { ${write} }
resources: { workers: 1 }
checks:
${checks.map((check) => `  - ${check}\n`).join('') || '  []\n'}`;
}

/** Scores 0.001 to 1 in steps of 0.001, levels 0 to 9, labels a, b and c. */
const SOURCE = [
  'create table source (id bigint, value real, step integer, flag boolean, word varchar, note varchar)',
  `insert into source select i, i / 1000.0, i % 10, i % 4 = 0,
    case i % 3 when 0 then 'a' when 1 then 'b' else 'c' end, case when i % 10 = 0 then 'noted' end
    from generate_series(1, ${ROWS}) as t(i)`,
];

/** A warehouse with the source, and one target over it. */
export async function makeSource(t: TestContext, kind: HouseKind, target: Target): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderTarget(target) });
  await house.execute(...SOURCE);
  return house;
}

/** A run that must publish; what it printed. */
export async function publish(house: House): Promise<string> {
  const { code, stdout, stderr } = await house.run('run');
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}
