import {
  type Annotations,
  type Batch,
  type Column,
  type EstimatingAdapter,
  type ExecuteOptions,
  type KeyTuple,
  type LoadOptions,
  type LoadPart,
  type Query,
  type QueryOptions,
  type RangingAdapter,
  type ReadOptions,
  type Relation,
  type RelationInfo,
  ScoringError,
  type SmallResult,
  type Snapshot,
  type Stage,
  type Statement,
  type StatementResult,
} from '../../src/contract/index.js';
import type { CallOptions } from './call.js';
import { CAPABILITIES } from './capabilities.js';
import type { BigqueryClient } from './client.js';
import { describeQuery } from './describe.js';
import { bigqueryDialect } from './dialect.js';
import { assertReads } from './dry-run.js';
import { runAlone, runTogether } from './execute.js';
import { inspectRelation } from './inspect.js';
import { loadParts } from './load.js';
import { findBounds } from './ranges.js';
import { readBatches } from './read.js';
import { querySmall } from './small-result.js';

/** A project of BigQuery. There is no connection: each call makes jobs, and requests about them. */
export class BigqueryAdapter implements RangingAdapter, EstimatingAdapter {
  readonly kind = 'bigquery';
  readonly dialect = bigqueryDialect;
  readonly capabilities = CAPABILITIES;
  readonly #client: BigqueryClient;
  readonly #closed = new AbortController();
  #closing: Promise<void> | null = null;

  constructor(client: BigqueryClient) {
    this.#client = client;
  }

  async describe(query: Query, signal: AbortSignal): Promise<readonly Column[]> {
    return await describeQuery(this.#client, query, this.#call('plan', signal));
  }

  async *read(query: Query, columns: readonly Column[], options: ReadOptions): AsyncGenerator<Batch> {
    const call = this.#call('extract', options.signal, options.annotations);
    yield* readBatches(this.#client, query, columns, options, call);
  }

  async load(relation: Relation, parts: AsyncIterable<LoadPart>, options: LoadOptions): Promise<number> {
    const call = this.#call('stage', options.signal, options.annotations);
    return await loadParts(this.#client, relation, parts, options, call);
  }

  async execute(
    statements: readonly Statement[],
    { atomic, annotations, signal }: ExecuteOptions,
  ): Promise<readonly StatementResult[]> {
    const run = atomic ? runTogether : runAlone;
    return await run(this.#client, statements, this.#call('publish', signal, annotations));
  }

  async query(statement: Statement, options: QueryOptions): Promise<SmallResult> {
    const { stage = 'ledger', signal, annotations } = options;
    return await querySmall(this.#client, statement, options, this.#call(stage, signal, annotations));
  }

  async inspect(relation: Relation, signal: AbortSignal): Promise<RelationInfo | null> {
    return await inspectRelation(this.#client, relation, this.#call('plan', signal));
  }

  async ranges(
    query: Query,
    key: readonly Column[],
    n: number,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<readonly KeyTuple[]> {
    return await findBounds(this.#client, query, key, n, this.#call('extract', signal));
  }

  async estimate(
    query: Query,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: number; readonly cost: null }> {
    const statistics = await assertReads(this.#client, query.sql, this.#call('plan', signal), 'estimate');
    return { bytes: Number(statistics.totalBytesProcessed ?? 0), cost: null };
  }

  async snapshot(): Promise<Snapshot> {
    throw new ScoringError('BigQuery has no snapshot that reads, counts and key lists share', {
      code: 'CAPABILITY',
      stage: 'extract',
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort(
      new ScoringError('the warehouse was closed', { code: 'CONNECTION', stage: 'connect' }),
    );
    await this.#client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A call that ends with its own signal, or when the adapter is closed. */
  #call(stage: Stage, signal: AbortSignal, annotations?: Annotations): CallOptions {
    return { stage, annotations, signal: AbortSignal.any([signal, this.#closed.signal]) };
  }
}
