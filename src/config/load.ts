import path from 'node:path';
import type { ZodType } from 'zod';
import { type Env, type EnvUse, substituteEnv } from './env.js';
import { listTargetFiles, PROJECT_FILE, readProjectFile } from './files.js';
import { type ConfigIssue, createIssueLog, type IssueLog, toConfigError } from './issues.js';
import { normaliseProject, normaliseTarget } from './normalise.js';
import { type NotBuilt, PROJECT_NOT_BUILT, reportNotBuilt, TARGET_NOT_BUILT } from './not-built.js';
import { projectSchema } from './project-schema.js';
import type { ResolvedProject, ResolvedTarget } from './resolved.js';
import { applyProjectRules, applyTargetRules, reportDuplicateTargets } from './rules.js';
import { targetSchema } from './target-schema.js';
import { validate } from './validate.js';
import { overrideVars } from './vars.js';
import { validateWarehouses, type WarehouseSchemas } from './warehouses.js';
import { parseYaml } from './yaml-source.js';

export { findProjectDir } from './files.js';
export type { WarehouseSchemas } from './warehouses.js';

export interface LoadOptions {
  /** Variables that `${NAME}` refers to. */
  readonly env: Env;
  /** The schema of each kind's own keys, without `type` and `output_schema`. */
  readonly warehouseSchemas: WarehouseSchemas;
  /** `--var name=value`. */
  readonly varOverrides?: Readonly<Record<string, string>>;
}

export interface LoadedProject {
  readonly project: ResolvedProject;
  readonly targets: readonly ResolvedTarget[];
}

/**
 * Reads scorehouse.yml and every file of targets/.
 *
 * @throws CONFIG_INVALID with every issue of every file in `details.issues`; USAGE for a bad `--var`
 */
export async function loadProject(dir: string, options: LoadOptions): Promise<LoadedProject> {
  const projectDir = path.resolve(dir);
  const projectFile = await openFile(projectDir, PROJECT_FILE, options.env);
  const names = await listTargetFiles(projectDir);
  const targetFiles = await Promise.all(names.map((name) => openFile(projectDir, name, options.env)));

  const written = check(projectFile, projectSchema, PROJECT_NOT_BUILT);
  const configs = validateWarehouses(projectFile.root, options.warehouseSchemas, projectFile.log);
  if (written !== null) applyProjectRules(written, projectFile.log);
  reportDuplicateTargets(targetFiles);
  const writtenTargets = targetFiles.map((file) => {
    const target = check(file, targetSchema, TARGET_NOT_BUILT);
    if (target !== null) applyTargetRules(target, file.log);
    return { target, file: file.file };
  });

  const issues = [projectFile, ...targetFiles].flatMap(({ log, syntax }) => [
    ...syntax,
    ...inOrder(log.issues),
  ]);
  if (issues.length > 0 || written === null) throw toConfigError(issues);
  const vars = overrideVars(written.vars ?? {}, options.varOverrides ?? {});
  const file = path.join(projectDir, PROJECT_FILE);
  const secrets = toSecrets(projectFile.uses);
  return {
    project: normaliseProject(written, { dir: projectDir, file, configs, vars, secrets }),
    targets: writtenTargets.flatMap(({ target, file: name }) =>
      target === null ? [] : [normaliseTarget(target, name, projectDir)],
    ),
  };
}

/** A file with its variables put in. One that is not YAML has `syntax` issues and no values. */
interface OpenFile {
  readonly file: string;
  readonly root: unknown;
  readonly uses: readonly EnvUse[];
  readonly syntax: readonly ConfigIssue[];
  readonly log: IssueLog;
}

async function openFile(projectDir: string, file: string, env: Env): Promise<OpenFile> {
  const source = parseYaml(await readProjectFile(projectDir, file), file);
  const substituted = substituteEnv(source.value, env);
  const log = createIssueLog(file, source.locate, substituted);
  const { value, uses } = substituted;
  return { file, root: value, uses, syntax: source.issues, log };
}

function check<Written>(
  file: OpenFile,
  schema: ZodType<Written>,
  table: readonly NotBuilt[],
): Written | null {
  if (file.syntax.length > 0) return null;
  const written = validate(schema, { root: file.root, base: [], value: file.root }, file.log);
  reportNotBuilt(file.root, table, file.log);
  return written;
}

function inOrder(issues: readonly ConfigIssue[]): readonly ConfigIssue[] {
  return [...issues].sort((a, b) => a.line - b.line || a.column - b.column);
}

function toSecrets(uses: readonly EnvUse[]): ReadonlySet<string> {
  const isSecret = ({ path: at }: EnvUse): boolean => at[0] === 'warehouses' || at[0] === 'alerts';
  return new Set(uses.filter(isSecret).map(({ value }) => value));
}
