import path from 'node:path';
import type { ZodType } from 'zod';
import { findSecrets, type Secret } from '../contract/index.js';
import { type Env, type EnvFault, type EnvUse, type Substituted, substituteEnv } from './env.js';
import { isSecretUse, reportMisplacedVariables } from './env-rules.js';
import { listTargetFiles, PROJECT_FILE, readProjectFile } from './files.js';
import { type ConfigIssue, createIssueLog, type IssueLog, toConfigError } from './issues.js';
import { reportModelUris } from './model-hosts.js';
import { normaliseProject, normaliseTarget } from './normalise.js';
import { type NotBuilt, PROJECT_NOT_BUILT, reportNotBuilt, TARGET_NOT_BUILT } from './not-built.js';
import { isMapping } from './path.js';
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
  /** `--warehouse name`; variables that only the other warehouses cite need not be set. */
  readonly warehouse?: string;
  /** `--var name=value`. */
  readonly varOverrides?: Readonly<Record<string, string>>;
  /** True leaves targets/ unread, which may be empty or not there. */
  readonly withoutTargets?: boolean;
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
  const projectFile = await openFile(projectDir, PROJECT_FILE, options.env, ({ value, faults }) =>
    faults.filter(isOfOtherWarehouse(value, options.warehouse)),
  );
  const names = options.withoutTargets === true ? [] : await listTargetFiles(projectDir);
  const targetFiles = await Promise.all(names.map((name) => openFile(projectDir, name, options.env)));

  const written = check(projectFile, projectSchema, PROJECT_NOT_BUILT);
  const unset = new Set(projectFile.forgiven.map(({ path: at }) => String(at[1])));
  const configs = validateWarehouses(projectFile.root, options.warehouseSchemas, unset, projectFile.log);
  if (written !== null) applyProjectRules(written, projectFile.log);
  reportDuplicateTargets(targetFiles);
  const files = [projectFile, ...targetFiles];
  reportMisplacedVariables(files);
  const writtenTargets = targetFiles.map((file) => {
    const target = check(file, targetSchema, TARGET_NOT_BUILT);
    if (target !== null) {
      applyTargetRules(target, file.log);
      reportModelUris(target, written === null ? null : (written.model_hosts ?? []), file.log);
    }
    return { target, file: file.file };
  });

  const issues = files.flatMap(({ log, syntax }) => [...syntax, ...inOrder(log.issues)]);
  if (issues.length > 0 || written === null) throw toConfigError(issues);
  const vars = overrideVars(written.vars ?? {}, options.varOverrides ?? {});
  const file = path.join(projectDir, PROJECT_FILE);
  const secrets = toSecrets(
    files.flatMap(({ uses }) => uses),
    configs,
  );
  return {
    project: normaliseProject(written, { dir: projectDir, file, configs, vars, secrets }),
    targets: writtenTargets.flatMap(({ target, file: name }) =>
      target === null ? [] : [normaliseTarget(target, name, projectDir, written.model_hosts ?? [])],
    ),
  };
}

/** A file with its variables put in. One that is not YAML has `syntax` issues and no values. */
interface OpenFile {
  readonly file: string;
  readonly root: unknown;
  readonly uses: readonly EnvUse[];
  /** Faults that do not matter here. */
  readonly forgiven: readonly EnvFault[];
  readonly syntax: readonly ConfigIssue[];
  readonly log: IssueLog;
}

async function openFile(
  projectDir: string,
  file: string,
  env: Env,
  forgive: (substituted: Substituted) => readonly EnvFault[] = () => [],
): Promise<OpenFile> {
  const source = parseYaml(await readProjectFile(projectDir, file), file);
  const substituted = substituteEnv(source.value, env);
  const forgiven = forgive(substituted);
  const faults = substituted.faults.filter((fault) => !forgiven.includes(fault));
  const log = createIssueLog(file, source.locate, { ...substituted, faults });
  const { value, uses } = substituted;
  return { file, root: value, uses, forgiven, syntax: source.issues, log };
}

/** True for faults of warehouses that the command does not use. */
function isOfOtherWarehouse(root: unknown, chosen: string | undefined): (fault: EnvFault) => boolean {
  const { default_warehouse: written, warehouses } = isMapping(root) ? root : {};
  const only = isMapping(warehouses) ? Object.keys(warehouses)[0] : undefined;
  const used = chosen ?? (typeof written === 'string' ? written : only);
  return ({ path: at }) => at[0] === 'warehouses' && at.length > 2 && at[1] !== used;
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

/** What came from the environment, and what is written where the warehouse's kind expects a secret. */
function toSecrets(uses: readonly EnvUse[], configs: ReadonlyMap<string, unknown>): readonly Secret[] {
  return [
    ...uses.filter(isSecretUse).map(({ value }) => value),
    ...[...configs.values()].flatMap(findSecrets),
  ];
}
