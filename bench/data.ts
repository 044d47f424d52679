import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Strategy } from './warehouse.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Data, projects and the Python environment of the benchmarks; not kept in git. */
export const WORK = join(ROOT, 'bench', 'work');
export const FEATURES = Array.from({ length: 20 }, (_, i) => `f${i}`);
export const MODELS = ['linear', 'lightgbm'] as const;
export type ModelName = (typeof MODELS)[number];

export function modelFile(model: ModelName): string {
  return join(ROOT, 'test', 'fixtures', model, 'model.onnx');
}

/** A DuckDB file with `rows` rows of a bigint key and 20 float features in [-2, 2], in key order. Made once. */
export async function makeData(rows: number): Promise<string> {
  await mkdir(WORK, { recursive: true });
  const file = join(WORK, `input-${rows}.duckdb`);
  if (existsSync(file)) return file;
  const unfinished = `${file}.tmp`;
  await rm(unfinished, { force: true });
  const instance = await DuckDBInstance.create(unfinished);
  const connection = await instance.connect();
  const columns = FEATURES.map(
    (name, i) => `cast(hash(i * 31 + ${i}) / 18446744073709551615.0 * 4 - 2 as float) as ${name}`,
  );
  await connection.run(
    `create table input as select i as id, ${columns.join(', ')} from range(${rows}) as t(i)`,
  );
  connection.closeSync();
  instance.closeSync();
  await rename(unfinished, file);
  return file;
}

/** A project that scores `table` of the one warehouse, with a target for each model and way to write. */
export async function makeProject(
  dir: string,
  warehouse: string,
  table: string,
  strategies: readonly Strategy[],
): Promise<void> {
  await mkdir(join(dir, 'targets'), { recursive: true });
  await writeFile(
    join(dir, 'scorehouse.yml'),
    `name: bench\nwarehouses:\n  dev: { ${warehouse}, output_schema: predictions }\n`,
  );
  for (const model of MODELS) {
    for (const strategy of strategies) {
      const name = `${model}_${strategy}`;
      const target = [
        `name: ${name}`,
        `source: { table: ${table} }`,
        'key: [id]',
        `model: { uri: ${JSON.stringify(modelFile(model))} }`,
        `features: [${FEATURES.join(', ')}]`,
        'outputs: { prediction: { from: variable } }',
        `write: { strategy: ${strategy} }`,
      ];
      await writeFile(join(dir, 'targets', `${name}.yml`), `${target.join('\n')}\n`);
    }
  }
}
