import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { type ConfigIssue, type LoadedProject, loadProject } from '../../../src/config/index.js';
import { isScoringError, type ScoringError } from '../../../src/contract/index.js';

/** Stands for the adapters' schemas. */
export const warehouseSchemas = {
  duckdb: z.strictObject({ path: z.string().describe('Database file.'), threads: z.int().min(1).optional() }),
  postgres: z.union([
    z.strictObject({ url: z.string().startsWith('postgres') }),
    z.strictObject({ host: z.string(), user: z.string(), port: z.coerce.number().default(5432) }),
  ]),
};

export const PROJECT = `name: shop
warehouses:
  dev: { type: duckdb, path: shop.duckdb }
`;

export const TARGET = `name: churn
source: { sql: select 1 }
key: [customer_id]
model: { uri: models/churn.onnx }
`;

export interface ProjectFiles {
  readonly project?: string;
  readonly targets?: Readonly<Record<string, string | Buffer>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
}

/** A folder that is removed after the callback. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Buffer>>,
  use: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'scorehouse-config-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
      await writeFile(path.join(dir, name), text);
    }
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

export function load({
  project = PROJECT,
  targets = { 'churn.yml': TARGET },
  env = {},
  vars = {},
}: ProjectFiles): Promise<LoadedProject> {
  const named = Object.entries(targets).map(([name, text]) => [`targets/${name}`, text]);
  return inFolder({ 'scorehouse.yml': project, ...Object.fromEntries(named) }, (dir) =>
    loadProject(dir, { env, warehouseSchemas, varOverrides: vars }),
  );
}

export async function failure(promise: Promise<unknown>): Promise<ScoringError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(isScoringError(error), String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'no error was thrown' });
}

/** The issues of a project, which must have some. */
export async function issuesOf(files: ProjectFiles): Promise<readonly ConfigIssue[]> {
  const error = await failure(load(files));
  assert.equal(error.code, 'CONFIG_INVALID', error.message);
  return error.details.issues as readonly ConfigIssue[];
}

/** The one issue of a project whose only target is the text. */
export async function issueOfTarget(
  target: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ConfigIssue> {
  const issues = await issuesOf({ targets: { 'churn.yml': target }, env });
  assert.equal(issues.length, 1, JSON.stringify(issues, null, 2));
  return issues[0] as ConfigIssue;
}

/** `line:column path message` and what was expected. */
export function summary(issue: ConfigIssue): string {
  return `${issue.line}:${issue.column} ${issue.path}: ${issue.message}`;
}
