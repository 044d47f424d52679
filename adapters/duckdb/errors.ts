import {
  type ErrorCode,
  isScoringError,
  ScoringError,
  type Stage,
  toInterrupted,
} from '../../src/contract/index.js';

interface Rule {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly retryable?: boolean;
  readonly hint?: string;
}

/** First match wins. DuckDB's errors are texts that start with their kind. */
const RULES: readonly Rule[] = [
  {
    pattern: /Could not set lock on file|Conflicting lock is held|being used by another process/i,
    code: 'LEASE_HELD',
    retryable: true,
    hint: 'Another process has the DuckDB file open; close it (a BI tool, a notebook, another run) and run again.',
  },
  { pattern: /No space left on device|disk full|max_temp_directory_size/i, code: 'DISK_FULL' },
  { pattern: /Permission denied|read-only (mode|database|file system)/i, code: 'PERMISSION' },
  {
    pattern: /^(TransactionContext Error|Transaction conflict)|write-write conflict/i,
    code: 'CONFLICT',
    retryable: true,
  },
  { pattern: /^Out of Memory Error/i, code: 'ENVIRONMENT', hint: 'Raise resources.memory of the target.' },
  {
    pattern:
      /^(?:Failed to extract statements: )?(Catalog|Binder|Parser|Conversion|Invalid Input|Out of Range|Not implemented) Error/i,
    code: 'SOURCE_INVALID',
  },
  { pattern: /No files found that match|Cannot open file|does not exist/i, code: 'SOURCE_INVALID' },
  {
    pattern:
      /not a valid DuckDB database file|Serialization Error|trying to read a database file with version/i,
    code: 'ENVIRONMENT',
  },
];

/**
 * A driver's error in scorehouse's words. Pure.
 *
 * @param statement the statement's name; its text may hold row values and is never shown
 */
export function toWarehouseError(error: unknown, stage: Stage, statement: string): ScoringError {
  if (isScoringError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/^INTERRUPT Error/i.test(text)) return toInterrupted(stage);
  const rule = RULES.find(({ pattern }) => pattern.test(text));
  return new ScoringError(`${statement}: ${firstParagraph(text)}`, {
    code: rule?.code ?? 'WAREHOUSE',
    stage,
    retryable: rule?.retryable ?? false,
    details: { statement },
    ...(rule?.hint === undefined ? {} : { hint: rule.hint }),
    cause: error,
  });
}

/** DuckDB appends the statement's text with a marker under it: only what comes before is shown. */
function firstParagraph(text: string): string {
  return (text.split(/\n\s*\n?LINE \d+:/)[0] ?? text).trim();
}
