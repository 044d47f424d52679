import type { WrittenFeatures } from './feature-schema.js';
import type { IssueLog } from './issues.js';
import { findNearest } from './nearest.js';
import { isMapping, type Path } from './path.js';
import type { WrittenProject } from './project-schema.js';
import type { WrittenTarget } from './target-schema.js';

type ProjectRule = (project: WrittenProject, log: IssueLog) => void;
type TargetRule = (target: WrittenTarget, log: IssueLog) => void;

/** Columns that scorehouse adds to every version table. */
const RESERVED_COLUMNS: readonly string[] = ['_run_id', '_model_version', '_scored_at', '_version', '_load'];

const FLOAT_TYPES: readonly string[] = ['float16', 'float32', 'float64'];

const defaultWarehouseExists: ProjectRule = (project, log) => {
  const names = Object.keys(project.warehouses);
  const wanted = project.default_warehouse;
  if (wanted === undefined) {
    if (names.length > 1) log.add(['default_warehouse'], { expected: `one of ${names.join(', ')}` });
  } else if (!names.includes(wanted)) {
    log.add(['default_warehouse'], {
      expected: `one of ${names.join(', ')}`,
      nearest: findNearest(wanted, names),
    });
  }
};

const keyColumnsOnce: TargetRule = (target, log) => reportRepeats(target.key, ['key'], log);

const passthroughColumnsOnce: TargetRule = (target, log) =>
  reportRepeats(target.passthrough ?? [], ['passthrough'], log);

const passthroughWithoutKey: TargetRule = (target, log) => {
  const key = new Set(target.key.map(fold));
  for (const [index, column] of (target.passthrough ?? []).entries()) {
    if (!key.has(fold(column))) continue;
    log.add(['passthrough', index], {
      message: `column ${column} is in key already`,
      expected: 'a column that is not in key',
    });
  }
};

const reservedColumnsFree: TargetRule = (target, log) => {
  const refuse = (name: string, path: Path): void => {
    if (!RESERVED_COLUMNS.includes(fold(name))) return;
    log.add(path, {
      message: `column ${name} is one that scorehouse adds`,
      expected: `none of ${RESERVED_COLUMNS.join(', ')}`,
      at: 'key',
    });
  };
  for (const [index, name] of target.key.entries()) refuse(name, ['key', index]);
  for (const [index, name] of (target.passthrough ?? []).entries()) refuse(name, ['passthrough', index]);
  for (const name of Object.keys(target.outputs ?? {})) refuse(name, ['outputs', name]);
};

const outputNamesDiffer: TargetRule = (target, log) => {
  const taken = new Map<string, string>([
    ...target.key.map((name) => [fold(name), `key column ${name}`] as const),
    ...(target.passthrough ?? []).map((name) => [fold(name), `passthrough column ${name}`] as const),
  ]);
  for (const name of Object.keys(target.outputs ?? {})) {
    const other = taken.get(fold(name));
    if (other === undefined) taken.set(fold(name), `output ${name}`);
    else {
      log.add(['outputs', name], {
        message: `has the same name as ${other}`,
        expected: 'column names that differ in more than case',
        at: 'key',
      });
    }
  }
};

const featuresOnce: TargetRule = ({ features }, log) => {
  if (!Array.isArray(features)) return;
  const names = features.map((entry) => (typeof entry === 'string' ? entry : entry.name));
  reportRepeats(names, ['features'], log);
};

const nanNeedsFloat: TargetRule = ({ features }, log) => {
  for (const { path, entry } of featureEntries(features)) {
    if (entry.nulls !== 'nan' || entry.type === undefined || FLOAT_TYPES.includes(entry.type)) continue;
    log.add([...path, 'nulls'], {
      message: `nan does not exist in type ${entry.type}`,
      expected: `type ${FLOAT_TYPES.join(', ')}, or another nulls`,
    });
  }
};

const unseenNeedsAllowed: TargetRule = ({ features }, log) => {
  for (const { path, entry } of featureEntries(features)) {
    if (entry.unseen === undefined || entry.allowed !== undefined) continue;
    log.add([...path, 'unseen'], {
      message: 'unseen without allowed',
      expected: 'the allowed values beside it',
      at: 'key',
    });
  }
};

/** Which rows were rejected is known by the quarantine alone. */
const rejectedRowsNeedQuarantine: TargetRule = ({ errors, write }, log) => {
  if (errors?.quarantine !== false || errors.rejected_rows === null || errors.rejected_rows === 'null')
    return;
  const keepsPrevious = errors.rejected_rows === 'keep_previous';
  if (!keepsPrevious && write?.deletes !== 'keep') return;
  log.add(['errors', 'quarantine'], {
    message: keepsPrevious
      ? 'rejected_rows: keep_previous has to know which rows were rejected'
      : 'write.deletes: keep has to tell rejected rows from those gone from the source',
    expected: 'true',
  });
};

const modelNamesDiffer: TargetRule = ({ models }, log) =>
  reportRepeats(
    (models ?? []).map(({ name }) => name),
    ['models'],
    log,
  );

const toleranceNeedsBounds: TargetRule = ({ outputs }, log) => {
  for (const [name, output] of Object.entries(outputs ?? {})) {
    if (output.tolerance === undefined || output.range !== undefined || output.bands !== undefined) continue;
    log.add(['outputs', name, 'tolerance'], {
      message: 'tolerance without range or bands',
      expected: 'one of them beside it',
    });
  }
};

const PROJECT_RULES: readonly ProjectRule[] = [defaultWarehouseExists];

const TARGET_RULES: readonly TargetRule[] = [
  keyColumnsOnce,
  passthroughColumnsOnce,
  passthroughWithoutKey,
  reservedColumnsFree,
  outputNamesDiffer,
  featuresOnce,
  nanNeedsFloat,
  unseenNeedsAllowed,
  rejectedRowsNeedQuarantine,
  modelNamesDiffer,
  toleranceNeedsBounds,
];

/** Reports where keys of scorehouse.yml contradict each other. */
export function applyProjectRules(project: WrittenProject, log: IssueLog): void {
  for (const rule of PROJECT_RULES) rule(project, log);
}

/** Reports where keys of a target contradict each other. */
export function applyTargetRules(target: WrittenTarget, log: IssueLog): void {
  for (const rule of TARGET_RULES) rule(target, log);
}

/** A target file's values with its log; the name may be anything yet. */
export interface NamedFile {
  readonly file: string;
  readonly root: unknown;
  readonly log: IssueLog;
}

/** Reports every file whose target has the name of one before it. */
export function reportDuplicateTargets(files: readonly NamedFile[]): void {
  const seen = new Map<string, string>();
  for (const { file, root, log } of files) {
    const name = isMapping(root) ? root.name : undefined;
    if (typeof name !== 'string') continue;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, file);
    else
      log.add(['name'], { message: `target ${name} is in ${first} already`, expected: 'a name of its own' });
  }
}

interface FeatureEntry {
  readonly type?: string | undefined;
  readonly nulls?: unknown;
  readonly allowed?: unknown;
  readonly unseen?: unknown;
}

function featureEntries(
  features: WrittenFeatures | undefined,
): readonly { path: Path; entry: FeatureEntry }[] {
  if (features === undefined) return [];
  const entries: readonly [string | number, unknown][] = Array.isArray(features)
    ? [...features.entries()]
    : Object.entries(features);
  return entries.flatMap(([part, entry]) => (isMapping(entry) ? [{ path: ['features', part], entry }] : []));
}

function reportRepeats(names: readonly string[], path: Path, log: IssueLog): void {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (seen.has(name))
      log.add([...path, index], { message: `${name} is listed twice`, expected: 'each name once' });
    seen.add(name);
  }
}

function fold(name: string): string {
  return name.toLowerCase();
}
