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
  // Before all others: a commit that fails for want of memory says so in the middle of its own error.
  {
    pattern: /Out of Memory|(could not|failed to) (allocate|pin) block/i,
    code: 'ENVIRONMENT',
    hint: 'Raise resources.memory of the target.',
  },
  {
    pattern: /Could not set lock on file|Conflicting lock is held|being used by another process/i,
    code: 'LEASE_HELD',
    retryable: true,
    hint: 'Another process has the DuckDB file open; close it (a BI tool, a notebook, another run) and run again.',
  },
  {
    pattern: /^Permission Error: .*(operations are disabled|disabled through|by configuration)/is,
    code: 'SOURCE_INVALID',
    hint: "A query reads files of the project's data folder and those that source.file names, nothing else: move the file there, or name it so.",
  },
  {
    pattern: /launched in read-only mode/i,
    code: 'SOURCE_INVALID',
    hint: 'A source or a check only reads: it runs in a transaction that cannot write.',
  },
  { pattern: /^Constraint Error|constraint (failed|violat)/i, code: 'CONSTRAINT' },
  { pattern: /No space left on device|disk full|max_temp_directory_size/i, code: 'DISK_FULL' },
  { pattern: /Permission denied|read-only (mode|database|file system)/i, code: 'PERMISSION' },
  {
    // Other errors of transactions, as of a COMMIT that could not be written, would come again.
    pattern: /^TransactionContext Error: .*conflict|^Transaction conflict|write-write conflict/i,
    code: 'CONFLICT',
    retryable: true,
  },
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
  const text = textOf(error);
  if (/^INTERRUPT Error/i.test(text)) return toInterrupted(stage);
  const rule = RULES.find(({ pattern }) => pattern.test(text));
  return new ScoringError(`${statement}: ${withoutValues(firstParagraph(text))}`, {
    code: codeOf(rule, stage),
    stage,
    retryable: rule?.retryable ?? false,
    details: { statement },
    ...(rule?.hint === undefined ? {} : { hint: rule.hint }),
    cause: error,
  });
}

/** True where the database has shut itself off: this process sees nothing of it any more. */
export function isFatal(error: unknown): boolean {
  return /^FATAL Error/i.test(textOf(error));
}

/** A query that turns out wrong in the middle of a run is a failure: by then something has been written. */
function codeOf(rule: Rule | undefined, stage: Stage): ErrorCode {
  const code = rule?.code ?? 'WAREHOUSE';
  return code === 'SOURCE_INVALID' && stage !== 'plan' && stage !== 'connect' ? 'WAREHOUSE' : code;
}

/** The error's text; the appender gives it as JSON. */
function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const match = /^\{"exception_type":"([^"]*)","exception_message":(".*?[^\\]")[,}]/s.exec(text);
  return match === null ? text : `${match[1]} Error: ${JSON.parse(match[2] as string)}`;
}

/** Errors about a value quote it, and the value may hold quotes; a row's values belong in no message. */
function withoutValues(text: string): string {
  return /^(Conversion|Constraint|Out of Range|Invalid Input) Error/i.test(text)
    ? text.replace(/'.*'/gs, "'…'").replace(/".*"/gs, '"…"')
    : text;
}

/** DuckDB appends the statement's text with a marker under it: only what comes before is shown. */
function firstParagraph(text: string): string {
  return (text.split(/\n\s*\n?LINE \d+:/)[0] ?? text).trim();
}
