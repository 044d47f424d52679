import type { core, ZodType } from 'zod';
import { type Finding, toFindings } from './findings.js';
import type { IssueLog } from './issues.js';
import { findNearest } from './nearest.js';
import { type Path, valueAt } from './path.js';
import { keysAt } from './schema-walk.js';

const MOST_KEYS = 12;

/** A part of a file that a schema checks. */
export interface Subject {
  /** The file's values. */
  readonly root: unknown;
  /** Where the part is in the file. */
  readonly base: Path;
  /** The part, where it is not just what the file has there. */
  readonly value: unknown;
  /** Keys that are known at `base` beside the schema's. */
  readonly extraKeys?: readonly string[];
}

/** Parses a part of a file; what the schema refuses goes to the log and the result is null. */
export function validate<Output>(schema: ZodType<Output>, subject: Subject, log: IssueLog): Output | null {
  // An empty message marks an issue that the schema has no words for; findings.ts then finds them.
  const result = schema.safeParse(subject.value, { error: () => '' });
  if (result.success) return result.data;
  for (const finding of toFindings(result.error.issues as readonly core.$ZodIssue[], subject.base)) {
    report(schema, subject, finding, log);
  }
  return null;
}

function report(schema: ZodType, subject: Subject, finding: Finding, log: IssueLog): void {
  const { path } = finding;
  if (finding.isUnknownKey) {
    const parent = path.slice(subject.base.length, -1);
    const extra = parent.length === 0 ? (subject.extraKeys ?? []) : [];
    reportUnknownKey(path, [...extra, ...keysAt(schema, parent)], log);
    return;
  }
  const { value } = valueAt(subject.root, path);
  const quotes =
    finding.wantsText && (typeof value === 'number' || typeof value === 'boolean') ? ', in quotes' : '';
  log.add(path, {
    ...(finding.message === null ? {} : { message: finding.message, at: 'key' }),
    ...(finding.expected === null ? {} : { expected: finding.expected + quotes }),
    nearest: typeof value === 'string' ? findNearest(value, finding.words) : null,
  });
}

function reportUnknownKey(path: Path, known: readonly string[], log: IssueLog): void {
  const nearest = findNearest(String(path.at(-1)), known);
  const listed = known.slice(0, MOST_KEYS).join(', ');
  const expected =
    known.length === 0 ? 'no keys here' : `one of ${listed}${known.length > MOST_KEYS ? ', …' : ''}`;
  log.add(path, { message: 'unknown key', expected, nearest, at: 'key' });
}
