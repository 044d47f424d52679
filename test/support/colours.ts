import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { fixtureFile } from './fixtures.js';
import { type House, type HouseKind, makeHouse } from './house.js';

/** The four scores of a row, which the model `outputs` hands on under three names, two of them with labels. */
export const COLOURS = ['red', 'green', 'blue', 'grey'] as const;

export const COLOURS_MODEL = fixtureFile('outputs', 'model.onnx');

/** A target over the table `source`, whose scores are its columns. */
export function renderColours(outputs: string, more = ''): string {
  return `source: { sql: select * from source }
key: [id]
model: { uri: ${JSON.stringify(COLOURS_MODEL)} }
outputs: { ${outputs} }
resources: { chunk_rows: 400, workers: 2 }
${more}`;
}

/** A warehouse with such a target and `rows` rows, all scores from 0 to 1. */
export async function makeColours(
  t: TestContext,
  kind: HouseKind,
  targets: Readonly<Record<string, string>>,
  rows: number,
): Promise<House> {
  const house = await makeHouse(t, kind, targets);
  const scores = COLOURS.map((colour, i) => `cast((i * ${2 * i + 3}) % 17 as real) / 16 as ${colour}`);
  await house.execute(
    `create table source as select cast(i as bigint) as id, ${scores.join(', ')} from generate_series(1, ${rows}) as t(i)`,
  );
  return house;
}

/** Runs a command that must end well; what it printed. */
export async function succeed(house: House, ...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await house.run(...argv);
  assert.equal(code, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
