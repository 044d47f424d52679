import { readFile } from 'node:fs/promises';
import { type FileContent, fixture, makeTempDir, runSql, type TempDir } from './cli-harness.js';

/** A statement's name that ends SQL and drops the canary wherever it is not quoted. */
export const HOSTILE = 'x"; drop table t; --';

/** The project's DuckDB file. */
export const DATABASE = 'house.duckdb';

export const PROJECT = `name: zoo
warehouses:
  dev: { type: duckdb, path: house.duckdb, output_schema: predictions }
  prod: { type: dbt, profile: zoo }
default_warehouse: dev
vars: { island: Dream }
`;

/** A target over the random forest of the fixtures; keys given replace those here. */
export function renderTarget(replaced: Readonly<Record<string, string | null>> = {}): string {
  const keys: Record<string, string | null> = {
    name: 'species',
    source: '{ table: main.penguins }',
    key: '[id]',
    model: '{ uri: models/forest.onnx }',
    features: '[a, b, c, d]',
    outputs: '{ label: { from: label }, p0: { from: probabilities, class: 0 } }',
    passthrough: '[note]',
    resources: '{ workers: 1 }',
    ...replaced,
  };
  return Object.entries(keys)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

/** The source, the canary and a view of somebody else. */
export const TABLES = [
  'create table t as select 1 as alive',
  `create table penguins as
select i::bigint as id, 40.0::double + i as a, 18.0::double as b, 190.0::double as c, 4000.0::double as d, 'note ' || i as note
from range(1, 6) as r(i)`,
  'create view reader as select * from penguins',
] as const;

export interface PenguinFiles {
  /** Keys of the only target that are replaced; null leaves one out. */
  readonly target?: Readonly<Record<string, string | null>>;
  /** Files beside, or instead of, the project's own. */
  readonly files?: Readonly<Record<string, FileContent>>;
  readonly sql?: readonly string[];
}

/** A project with one target, `species`, over five penguins in a DuckDB file. */
export async function makePenguins(options: PenguinFiles = {}): Promise<TempDir> {
  const project = await makeTempDir({
    'scorehouse.yml': PROJECT,
    'targets/species.yml': renderTarget(options.target),
    'models/forest.onnx': await readFile(fixture('forest/model.onnx')),
    ...options.files,
  });
  await runSql(project.path(DATABASE), [...TABLES, ...(options.sql ?? [])]);
  return project;
}
