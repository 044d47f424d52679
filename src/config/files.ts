import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { escapeControls, ScoringError } from '../contract/index.js';
import { MAX_YAML_BYTES } from './yaml-source.js';

export const PROJECT_FILE = 'scorehouse.yml';
const TARGETS_DIR = 'targets';

/** The nearest folder upward, `start` included, that holds a scorehouse.yml. */
export function findProjectDir(start: string): string | null {
  let dir = path.resolve(start);
  while (!existsSync(path.join(dir, PROJECT_FILE))) {
    const parent = path.dirname(dir);
    if (parent === dir) return null;
    dir = parent;
  }
  return dir;
}

/** The project's target files, sorted, relative to its folder with forward slashes. */
export async function listTargetFiles(projectDir: string): Promise<readonly string[]> {
  const entries = await readdir(path.join(projectDir, TARGETS_DIR), { recursive: true }).catch(
    (cause: unknown) => {
      throw isAbsent(cause)
        ? toMissing(`no ${TARGETS_DIR} folder in ${projectDir}`, cause)
        : toUnreadable(TARGETS_DIR, cause);
    },
  );
  const files = entries
    .map((entry) => entry.split(path.sep).join('/'))
    // Hidden folders hold other copies: editors' backups, and the data folder of a mounted Kubernetes ConfigMap.
    .filter((entry) => /\.ya?ml$/.test(entry) && !entry.split('/').some((part) => part.startsWith('.')))
    .map((entry) => `${TARGETS_DIR}/${entry}`)
    .sort();
  if (files.length === 0) throw toMissing(`no target (*.yml) in ${path.join(projectDir, TARGETS_DIR)}`);
  return files;
}

/** The text of a file of the project. A file over the limit is not read in full. */
export async function readProjectFile(projectDir: string, file: string): Promise<string> {
  const full = path.join(projectDir, file);
  try {
    const found = await stat(full);
    // A pipe or a device has no end to wait for.
    if (!found.isFile()) throw Object.assign(new Error('no regular file'), { code: 'EFTYPE' });
    if (found.size > MAX_YAML_BYTES) return ' '.repeat(MAX_YAML_BYTES + 1);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(full));
  } catch (cause) {
    throw isAbsent(cause) ? toMissing(`no ${file} in ${projectDir}`, cause) : toUnreadable(file, cause);
  }
}

function isAbsent(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ERR_ENCODING_INVALID_ENCODED_DATA: 'not UTF-8 text',
  EFTYPE: 'no regular file',
};

function toUnreadable(file: string, cause: unknown): ScoringError {
  const code = (cause as NodeJS.ErrnoException).code;
  const reason = UNREADABLE[code ?? ''] ?? `cannot be read (${code})`;
  return new ScoringError(`${escapeControls(file)}: ${reason}`, {
    code: 'CONFIG_INVALID',
    stage: 'config',
    cause,
  });
}

function toMissing(message: string, cause?: unknown): ScoringError {
  return new ScoringError(message, {
    code: 'CONFIG_INVALID',
    stage: 'config',
    hint: 'Run `scorehouse init` to make a project, or name its folder with --project-dir.',
    ...(cause === undefined ? {} : { cause }),
  });
}
