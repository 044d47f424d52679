import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bigqueryDialect } from '../../adapters/bigquery/dialect.js';
import { toCanonical as ofBigquery } from '../../adapters/bigquery/types.js';
import { duckdbDialect } from '../../adapters/duckdb/dialect.js';
import { postgresDialect } from '../../adapters/postgres/dialect.js';
import { snowflakeDialect } from '../../adapters/snowflake/dialect.js';
import { toCanonical as ofSnowflake } from '../../adapters/snowflake/native-types.js';
import {
  type CanonicalType,
  type Column,
  type Dialect,
  isScoringError,
  renderType,
  type WarehouseAdapter,
} from '../../src/contract/index.js';
import { NEVER, openDuckdb } from '../support/duckdb.js';
import { openPostgres } from '../support/open-postgres.js';
import { newDatabase } from '../support/postgres.js';
import { makeFolder } from '../support/project.js';
import { type Read, TYPE_TABLE } from './type-table.js';

type Match = Pick<Column, 'type' | 'inexact'> | null;

const DIALECTS = {
  duckdb: duckdbDialect,
  postgres: postgresDialect,
  snowflake: snowflakeDialect,
  bigquery: bigqueryDialect,
} as const;

for (const [kind, { written }] of Object.entries(TYPE_TABLE)) {
  const dialect: Dialect = DIALECTS[kind as keyof typeof DIALECTS];

  describe(`what ${kind} makes of each type`, () => {
    for (const { type, ddl, stored = type } of written) {
      if (ddl === null) {
        it(`${renderType(type)} is refused, by name`, () => {
          for (const ask of [dialect.type, dialect.stored]) assert.throws(() => ask(type), namesType(type));
        });
      } else {
        it(`${renderType(type)} is ${ddl}, known as ${renderType(stored)}`, () => {
          assert.equal(dialect.type(type), ddl);
          assert.deepEqual(dialect.stored(type), stored);
        });
      }
    }

    it('is told of every kind of type', () => {
      const kinds = new Set(written.map(({ type }) => type.kind));
      assert.deepEqual([...kinds].sort(), KINDS);
    });
  });
}

const KINDS = [
  ...['array', 'bool', 'bytes', 'date', 'decimal', 'double', 'float', 'int32', 'int64', 'text', 'time'],
  ...['timestamp', 'uuid'],
];

function namesType(type: CanonicalType): (error: unknown) => boolean {
  return (error) =>
    isScoringError(error) && error.code === 'CAPABILITY' && error.message.includes(renderType(type));
}

/** What the warehouse's own engine says of a column of each type. */
async function describeAll(adapter: WarehouseAdapter, reads: readonly Read[]): Promise<readonly Match[]> {
  const matches: Match[] = [];
  for (const { native } of reads) {
    try {
      const [column] = await adapter.describe({ sql: `select cast(null as ${native}) as c` }, NEVER);
      matches.push(column ?? null);
    } catch (error) {
      if (!isScoringError(error) || error.code !== 'SOURCE_INVALID') throw error;
      matches.push(null);
    }
  }
  return matches;
}

/** `NUMERIC(10,2)` as its word and its numbers. */
function parseNative(native: string): { readonly name: string; readonly numbers: readonly string[] } {
  const [name = '', numbers = ''] = native.replace(')', '').split('(');
  return { name, numbers: numbers === '' ? [] : numbers.split(',') };
}

function matchSnowflake({ native }: Read): Match {
  const { name, numbers } = parseNative(native);
  const [first, second] = numbers.map(Number);
  return name === 'FIXED'
    ? ofSnowflake({ name, precision: first ?? null, scale: second ?? null })
    : ofSnowflake({ name, precision: null, scale: first ?? null });
}

function matchBigquery({ native }: Read): Match {
  const element = /^ARRAY<(\w+)>$/.exec(native)?.[1];
  if (element !== undefined) return ofBigquery({ name: 'c', type: element, mode: 'REPEATED' });
  const { name, numbers } = parseNative(native);
  const [precision, scale] = numbers;
  return ofBigquery({
    name: 'c',
    type: name,
    ...(precision === undefined ? {} : { precision }),
    ...(scale === undefined ? {} : { scale }),
  });
}

/** What a column made as the table says is read as: of warehouses that stand here. */
function readBack(kind: 'duckdb' | 'postgres'): readonly Read[] {
  return TYPE_TABLE[kind].written.flatMap(({ ddl, type, read = type }) =>
    ddl === null ? [] : [{ native: ddl, type: read }],
  );
}

const matchesOf: Readonly<
  Record<
    keyof typeof TYPE_TABLE,
    (t: Parameters<typeof makeFolder>[0]) => Promise<readonly (readonly [Read, Match])[]>
  >
> = {
  duckdb: async (t) => {
    await using adapter = await openDuckdb(join(makeFolder(t), 'types.duckdb'));
    const reads = [...readBack('duckdb'), ...TYPE_TABLE.duckdb.read];
    return pair(reads, await describeAll(adapter, reads));
  },
  postgres: async () => {
    await using database = await newDatabase();
    await using adapter = await openPostgres({ url: database.url });
    const reads = [...readBack('postgres'), ...TYPE_TABLE.postgres.read];
    return pair(reads, await describeAll(adapter, reads));
  },
  snowflake: async () => pair(TYPE_TABLE.snowflake.read, TYPE_TABLE.snowflake.read.map(matchSnowflake)),
  bigquery: async () => pair(TYPE_TABLE.bigquery.read, TYPE_TABLE.bigquery.read.map(matchBigquery)),
};

function pair(reads: readonly Read[], matches: readonly Match[]): readonly (readonly [Read, Match])[] {
  return reads.map((read, i) => [read, matches[i] ?? null]);
}

for (const [kind, match] of Object.entries(matchesOf)) {
  it(`${kind} reads each native type as the table says`, async (t) => {
    const [found, expected] = [[] as string[], [] as string[]];
    for (const [{ native, type, inexact }, matched] of await match(t)) {
      expected.push(
        `${native}: ${type === null ? 'refused' : renderType(type)}${inexact ? ', inexact' : ''}`,
      );
      found.push(
        `${native}: ${matched === null ? 'refused' : renderType(matched.type)}${matched?.inexact ? ', inexact' : ''}`,
      );
    }
    assert.deepEqual(found, expected);
  });
}
