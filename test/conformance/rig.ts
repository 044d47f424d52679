import { setMaxListeners } from 'node:events';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CanonicalType,
  isScoringError,
  type KeyTuple,
  type Query,
  type Relation,
  type SmallValue,
  type Statement,
  type WarehouseAdapter,
} from '../../src/contract/index.js';
import type { Subject, TestDatabase } from './subject.js';

/** A signal that never fires. */
export const NEVER: AbortSignal = new AbortController().signal;
setMaxListeners(0, NEVER);

const MAX_ROWS = 100_000;

/** Longest that what should be prompt may take on a busy machine. */
const PROMPT_MS = 20_000;

/** What a case has to work with: an adapter opened for it alone, and an empty schema. */
export class Rig implements AsyncDisposable {
  readonly t: TestContext;
  readonly subject: Subject;
  readonly adapter: WarehouseAdapter;
  readonly schema: string;
  readonly #database: TestDatabase;
  readonly #opened: WarehouseAdapter[];

  constructor(
    t: TestContext,
    subject: Subject,
    database: TestDatabase,
    adapter: WarehouseAdapter,
    schema: string,
  ) {
    this.t = t;
    this.subject = subject;
    this.adapter = adapter;
    this.schema = schema;
    this.#database = database;
    this.#opened = [adapter];
  }

  /** An adapter for what happens beside the first one's work: one of its own where the warehouse can be opened twice. */
  async beside(): Promise<WarehouseAdapter> {
    return this.#database.shared ? await this.reopen() : this.adapter;
  }

  /** Opens the database once more; where it is not shared, the first adapter has to be closed by then. */
  async reopen(): Promise<WarehouseAdapter> {
    const adapter = await this.#database.open(this.schema);
    this.#opened.push(adapter);
    return adapter;
  }

  relation(name: string): Relation {
    return { schema: this.schema, name };
  }

  /** The relation as SQL writes it. */
  sql(name: string): string {
    return this.adapter.dialect.relation(this.relation(name));
  }

  ident(name: string): string {
    return this.adapter.dialect.ident(name);
  }

  literal(type: CanonicalType, text: string): string {
    return this.adapter.dialect.literal({ type, text });
  }

  /** Those of the types that the warehouse has columns for. */
  held(types: readonly CanonicalType[]): readonly CanonicalType[] {
    const { dialect } = this.adapter;
    return types.filter((type) => {
      try {
        return dialect.type(type) !== '';
      } catch (error) {
        if (isScoringError(error) && error.code === 'CAPABILITY') return false;
        throw error;
      }
    });
  }

  /** Puts the case's schema where a subject's SQL has `@schema`. */
  inSchema(sql: string): string {
    return sql.replaceAll('@schema', this.adapter.dialect.ident(this.schema));
  }

  /** Makes a table of canonical columns. */
  async create(name: string, columns: Readonly<Record<string, CanonicalType>>): Promise<Relation> {
    const { dialect } = this.adapter;
    const definitions = Object.entries(columns).map(
      ([column, type]) => `${dialect.ident(column)} ${dialect.type(type)}`,
    );
    await this.execute(`create table ${this.sql(name)} (${definitions.join(', ')})`);
    return this.relation(name);
  }

  /** Inserts rows of canonical texts, null being NULL. */
  async insert(
    name: string,
    types: readonly CanonicalType[],
    rows: readonly (readonly (string | null)[])[],
  ): Promise<void> {
    const tuples = rows.map((row) => {
      const values = row.map((text, i) =>
        text === null ? 'null' : this.literal(types[i] as CanonicalType, text),
      );
      return `(${values.join(', ')})`;
    });
    await this.execute(`insert into ${this.sql(name)} values ${tuples.join(', ')}`);
  }

  /** Runs statements one after the other. */
  async execute(...sqls: readonly string[]): Promise<void> {
    await this.adapter.execute(sqls.map(statement), { atomic: false, signal: NEVER });
  }

  async rows(sql: string): Promise<readonly (readonly SmallValue[])[]> {
    const { rows } = await this.adapter.query(statement(sql), { maxRows: MAX_ROWS, signal: NEVER });
    return rows;
  }

  async count(name: string): Promise<number> {
    const [row] = await this.rows(`select count(*) from ${this.sql(name)}`);
    return Number(row?.[0]);
  }

  query(name: string): Query {
    return { sql: `select * from ${this.sql(name)}`, table: this.relation(name) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const adapter of this.#opened) await promptly(adapter.close(), 'closing the adapter');
  }
}

/** Opens the database for one case and makes its schema. */
export async function openRig(
  t: TestContext,
  subject: Subject,
  database: TestDatabase,
  schema: string,
): Promise<Rig> {
  const rig = new Rig(t, subject, database, await database.open(schema), schema);
  await rig.execute(`create schema ${rig.adapter.dialect.ident(schema)}`);
  return rig;
}

export function statement(sql: string): Statement {
  return { name: 'conformance', sql };
}

/** The values as a key. */
export function toTuple(types: readonly CanonicalType[], texts: readonly string[]): KeyTuple {
  return types.map((type, i) => ({ type, text: texts[i] as string }));
}

/** Fails where the work has not ended in time: a hang is told by its name. */
export async function promptly<T>(work: Promise<T>, what: string, ms: number = PROMPT_MS): Promise<T> {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).then(
    () => Promise.reject(new Error(`${what} did not end within ${ms / 1000} s`)),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
