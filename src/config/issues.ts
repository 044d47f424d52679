import { escapeControls, Redactor, ScoringError } from '../contract/index.js';
import type { Substituted } from './env.js';
import { onSameBranch, type Path, renderPath, valueAt } from './path.js';
import { showValue } from './show.js';
import type { Locate } from './yaml-source.js';

/** One mistake in one file. Its texts are safe to print: no secrets, no control characters. */
export interface ConfigIssue {
  /** Relative to the project folder. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `outputs.risk.range[1]`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** The value found, shortened; null where the message is not about one, `***` where it holds a secret. */
  readonly got: string | null;
  readonly expected: string | null;
  /** The known word that was most likely meant. */
  readonly nearest?: string;
}

/** What an issue says beside its place. Without a message it says what it got. */
export interface IssueText {
  readonly message?: string;
  readonly expected?: string;
  readonly nearest?: string | null;
  /** Points at the key rather than the value. */
  readonly at?: 'key' | 'value';
}

/** Collects the issues of one file. */
export interface IssueLog {
  readonly issues: readonly ConfigIssue[];
  add(path: Path, text: IssueText): void;
  /** True when the value at the path, one inside it or one around it (but for the whole file) has an issue. */
  has(path: Path): boolean;
}

const MOST_LISTED = 100;

/** The log of a file, with what was wrong with its variables. */
export function createIssueLog(file: string, locate: Locate, substituted: Substituted): IssueLog {
  const { value: root, uses, faults } = substituted;
  const issues: ConfigIssue[] = [];
  const paths: Path[] = [];
  const redactor = new Redactor(uses.map((use) => use.value));
  const clean = (text: string): string => escapeControls(redactor.text(text));

  const log: IssueLog = {
    issues,
    has: (path) => paths.some((seen) => seen.length > 0 && onSameBranch(seen, path)),
    add(path, { message, expected, nearest, at }) {
      // A text whose variable is missing is wrong in other ways too, and saying so helps nobody.
      if (
        paths.length >= faults.length &&
        faults.some((fault) => renderPath(fault.path) === renderPath(path))
      )
        return;
      const { value, found } = valueAt(root, path);
      const isSecret = isSecretKey(path) || uses.some((use) => onSameBranch(use.path, path));
      const got = isSecret ? '***' : showValue(value);
      paths.push(path);
      issues.push({
        file: escapeControls(file),
        ...locate(path, at),
        path: clean(renderPath(path)),
        message: clean(message ?? (found ? `got ${got}` : 'missing')),
        got: found && message === undefined ? got : null,
        expected: expected === undefined ? null : clean(expected),
        ...(nearest == null ? {} : { nearest: clean(nearest) }),
      });
    },
  };
  for (const { path, message, expected } of faults) log.add(path, { message, expected });
  return log;
}

/** True for a warehouse's key that may hold a secret as it is written, also where it is misspelt. */
function isSecretKey([place, , key]: Path): boolean {
  return place === 'warehouses' && typeof key === 'string' && /pas|pw|tok|sec|cred|url|uri|key/i.test(key);
}

/** `targets/churn.yml:12:5 write.strategy: got "swop" (expected one of swap, merge; did you mean swap?)` */
export function renderIssue(issue: ConfigIssue): string {
  const help = [
    issue.expected === null ? null : `expected ${issue.expected}`,
    issue.nearest === undefined ? null : `did you mean ${issue.nearest}?`,
  ].filter((part) => part !== null);
  const where = `${issue.file}:${issue.line}:${issue.column}${issue.path === '' ? '' : ` ${issue.path}`}`;
  return `${where}: ${issue.message}${help.length === 0 ? '' : ` (${help.join('; ')})`}`;
}

/** The one error of a project whose files have issues. */
export function toConfigError(issues: readonly ConfigIssue[]): ScoringError {
  const lines = issues.slice(0, MOST_LISTED).map(renderIssue);
  if (issues.length > MOST_LISTED) lines.push(`and ${issues.length - MOST_LISTED} more`);
  return new ScoringError(lines.join('\n'), { code: 'CONFIG_INVALID', stage: 'config', details: { issues } });
}
