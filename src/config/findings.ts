import type { core } from 'zod';
import { isMapping, type Path } from './path.js';
import { showValue } from './show.js';

/** A zod issue in the words of the project, its path from the root of the file. */
export interface Finding {
  readonly path: Path;
  /** Wrong kind of value: another branch of a union may be meant. */
  readonly isMismatch: boolean;
  /** Text was expected, and a number may only lack its quotes. */
  readonly wantsText: boolean;
  /** An unknown key rather than a wrong value. */
  readonly isUnknownKey: boolean;
  readonly expected: string | null;
  /** A text of the schema's own that does not say what was expected. */
  readonly message: string | null;
  /** The words that would have been right. */
  readonly words: readonly string[];
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'null',
};

/** Turns zod's issues into findings; of a union only those of the branch that fits best. */
export function toFindings(issues: readonly core.$ZodIssue[], base: Path): readonly Finding[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...(issue.path as Path)];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ ...finding([...path, key], null), isUnknownKey: true }));
    }
    if (issue.message !== '') return [fromMessage(path, issue)];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      return bestBranch(
        issue.errors.map((branch) => toFindings(branch, path)),
        path,
      );
    }
    if (issue.code === 'invalid_key') {
      const [inner] = toFindings(issue.issues, path);
      return [{ ...finding(path, inner?.expected ?? null), message: 'name is refused' }];
    }
    return [
      {
        ...finding(path, expectedOf(issue)),
        isMismatch: isMismatch(issue),
        words: wordsOf(issue).map(String),
      },
    ];
  });
}

function finding(path: Path, expected: string | null): Finding {
  return {
    path,
    isMismatch: false,
    wantsText: false,
    isUnknownKey: false,
    expected,
    message: null,
    words: [],
  };
}

/** Schemas say `expected …`; any other text of theirs is passed on as it is. */
function fromMessage(path: Path, issue: core.$ZodIssue): Finding {
  const isExpectation = issue.message.startsWith('expected ');
  const expected = isExpectation ? issue.message.slice('expected '.length) : null;
  return {
    ...finding(path, expected),
    isMismatch: isMismatch(issue),
    wantsText: wantsText(issue),
    message: isExpectation ? null : issue.message,
  };
}

/**
 * The findings of the branch that was most likely meant: one of the right kind of value with the fewest wrong
 * keys. Where no branch is of the right kind, one finding that names them all.
 */
function bestBranch(branches: readonly (readonly Finding[])[], path: Path): readonly Finding[] {
  const isElsewhere = (found: Finding): boolean => found.isMismatch && found.path.length === path.length;
  const fitting = branches.filter((branch) => !branch.some(isElsewhere));
  if (fitting.length > 0) {
    // Stable: of equal branches the first that the schema lists.
    return [...fitting].sort((a, b) => weigh(a) - weigh(b))[0] ?? [];
  }
  const roots = branches.flatMap((branch) => branch.filter(isElsewhere));
  const expected = [...new Set(roots.map((found) => found.expected))]
    .filter((text) => text !== null)
    .join(', or ');
  return [{ ...finding(path, expected), isMismatch: true, words: roots.flatMap((found) => found.words) }];
}

function weigh(branch: readonly Finding[]): number {
  return branch.reduce((sum, found) => sum + (found.isUnknownKey ? 3 : 2), 0);
}

function wantsText(issue: core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.expected === 'string';
}

function isMismatch(issue: core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union';
}

function wordsOf(issue: core.$ZodIssue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values;
  if (issue.code === 'invalid_union' && 'options' in issue) return issue.options ?? [];
  return [];
}

function expectedOf(issue: core.$ZodIssue): string {
  const words = wordsOf(issue);
  if (words.length === 1) return showWord(words[0]);
  if (words.length > 1) return `one of ${words.map(showWord).join(', ')}`;
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_WORDS[issue.expected] ?? issue.expected;
    case 'too_small':
      return bound(issue.origin, 'least', issue.minimum, issue.inclusive !== false);
    case 'too_big':
      return bound(issue.origin, 'most', issue.maximum, issue.inclusive !== false);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.format === 'regex'
        ? `text that fits ${issue.pattern}`
        : `text in the form of ${issue.format}`;
    default:
      return 'another value';
  }
}

function bound(origin: string, side: 'least' | 'most', limit: number | bigint, inclusive: boolean): string {
  if (origin === 'string') return `at ${side} ${limit} characters`;
  if (origin === 'array') return `at ${side} ${limit} items`;
  if (inclusive) return `at ${side} ${limit}`;
  return side === 'least' ? `more than ${limit}` : `less than ${limit}`;
}

function showWord(word: unknown): string {
  return typeof word === 'string' ? word : isMapping(word) ? showValue(word) : String(word);
}
