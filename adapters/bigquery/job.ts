/** A type in a result's or table's schema (`TableFieldSchema`). */
export interface NativeField {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  /** Digits of a NUMERIC or BIGNUMERIC that was declared with them, as text. */
  readonly precision?: string;
  readonly scale?: string;
}

export interface NativeSchema {
  readonly fields?: readonly NativeField[];
}

/** A table as jobs and the REST interface name it. */
export interface NativeTable {
  readonly projectId: string;
  readonly datasetId: string;
  readonly tableId: string;
}

export interface JobError {
  readonly reason?: string;
  readonly message?: string;
  readonly location?: string;
}

/** A job as BigQuery shows it (`Job`); only what is read of it. */
export interface Job {
  readonly jobReference: { readonly jobId: string; readonly location?: string };
  readonly status: { readonly state: 'PENDING' | 'RUNNING' | 'DONE'; readonly errorResult?: JobError };
  readonly configuration?: { readonly query?: { readonly destinationTable?: NativeTable } };
  readonly statistics?: {
    readonly totalBytesProcessed?: string;
    readonly query?: {
      readonly statementType?: string;
      readonly numDmlAffectedRows?: string;
      readonly totalBytesProcessed?: string;
      readonly schema?: NativeSchema;
    };
    readonly load?: { readonly outputRows?: string };
  };
}

/** What a job is to do (`JobConfiguration`), without what goes for every job. */
export interface JobWork {
  readonly query?: Readonly<Record<string, unknown>> & { readonly query: string };
  readonly load?: Readonly<Record<string, unknown>>;
  readonly dryRun?: boolean;
}
