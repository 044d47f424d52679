/** Where in a run an error arose. */
export type Stage =
  | 'cli'
  | 'config'
  | 'plan'
  | 'model'
  | 'connect'
  | 'extract'
  | 'features'
  | 'score'
  | 'stage'
  | 'gate'
  | 'publish'
  | 'ledger';

/** The process exit codes; each error code below belongs to one of them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  lease: 4,
  unknown: 5,
  environment: 6,
  interrupted: 130,
} as const;

/** Error codes and the exit code that each leads to. The table is the contract for schedulers. */
const EXIT_OF_CODE = {
  CONFIG_INVALID: EXIT.usage,
  USAGE: EXIT.usage,
  PLAN_INVALID: EXIT.usage,
  MODEL_INVALID: EXIT.usage,
  NOT_BUILT: EXIT.usage,
  CAPABILITY: EXIT.usage,
  SOURCE_INVALID: EXIT.usage,
  LIMIT_EXCEEDED: EXIT.usage,
  EMPTY_INPUT: EXIT.refused,
  BAD_KEYS: EXIT.refused,
  BAD_FEATURES: EXIT.refused,
  GATE_REFUSED: EXIT.refused,
  REJECT_BUDGET: EXIT.refused,
  GOLDEN_MISMATCH: EXIT.refused,
  VERIFY_MISMATCH: EXIT.refused,
  LEASE_HELD: EXIT.lease,
  LEASE_LOST: EXIT.lease,
  OUTCOME_UNKNOWN: EXIT.unknown,
  READERS_BEHIND: EXIT.unknown,
  PERMISSION: EXIT.environment,
  ENVIRONMENT: EXIT.environment,
  LEDGER_NEWER: EXIT.environment,
  LEDGER_DAMAGED: EXIT.environment,
  WAREHOUSE: EXIT.failed,
  CONNECTION: EXIT.failed,
  SCORING: EXIT.failed,
  CONFLICT: EXIT.failed,
  CONSTRAINT: EXIT.failed,
  DISK_FULL: EXIT.failed,
  TIMEOUT: EXIT.failed,
  LIMIT_REACHED: EXIT.failed,
  INVARIANT: EXIT.failed,
  INTERRUPTED: EXIT.interrupted,
} as const;

export type ErrorCode = keyof typeof EXIT_OF_CODE;

/** What an error says beside its message. Values of rows and secrets never belong here, but for sample keys. */
export interface ErrorFields {
  readonly code: ErrorCode;
  readonly stage: Stage;
  /** True when the same call may succeed if made again. */
  readonly retryable?: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
  /** What the user can do next, as one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error type. Match on `code`: two copies of the class may meet in one process. */
export class ScoringError extends Error {
  override readonly name = 'ScoringError';
  readonly code: ErrorCode;
  readonly stage: Stage;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  readonly hint: string | undefined;

  constructor(message: string, fields: ErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.stage = fields.stage;
    this.retryable = fields.retryable ?? false;
    this.details = fields.details ?? {};
    this.hint = fields.hint;
  }
}

/** True for a ScoringError of this or another copy of the package. */
export function isScoringError(error: unknown): error is ScoringError {
  return error instanceof Error && error.name === 'ScoringError' && 'code' in error;
}

/** The exit code of any thrown value; what is not ours is a failure (1). */
export function exitCodeOf(error: unknown): number {
  return isScoringError(error) ? EXIT_OF_CODE[error.code] : EXIT.failed;
}

/** Throws an INVARIANT error, a bug of ours, unless the condition holds. */
export function assertInvariant(condition: unknown, message: string, stage: Stage): asserts condition {
  if (!condition) {
    throw new ScoringError(`${message} (a bug in scorehouse: please report it)`, {
      code: 'INVARIANT',
      stage,
    });
  }
}

/** Throws the INTERRUPTED error when the signal has fired. */
export function throwIfInterrupted(signal: AbortSignal, stage: Stage): void {
  if (signal.aborted) throw toInterrupted(stage);
}

/** The error of a run that a person or the machine stopped. */
export function toInterrupted(stage: Stage): ScoringError {
  return new ScoringError('interrupted', {
    code: 'INTERRUPTED',
    stage,
    hint: 'Nothing was published. Run the same command again.',
  });
}
