import type pg from 'pg';
import { postgresDialect } from '../../adapters/postgres/dialect.js';
import { newRenderer, type TemplateContext } from '../../src/sql/renderer.js';
import { newDatabase, type TestDatabase, withClient } from '../support/postgres.js';
import { renderContext, renderWorld } from './world.js';

export const postgresSql = newRenderer(postgresDialect);

/** A database with the world in it. */
export async function newWorld(): Promise<TestDatabase> {
  const database = await newDatabase();
  await withClient(database.url, async (client) => {
    for (const statement of renderWorld(postgresSql)) await client.query(statement);
  });
  return database;
}

/** What a context's statement, or any other, gives. */
export interface Answer {
  readonly rows: readonly (readonly (string | null)[])[];
  /** Rows returned or changed. */
  readonly count: number | null;
}

export async function ask(client: pg.Client, text: string): Promise<Answer> {
  const { rows, rowCount } = await client.query<(string | null)[]>({ text, rowMode: 'array' });
  return { rows, count: rowCount };
}

/** Runs a context's statement, with other values where given. */
export async function run(client: pg.Client, name: string, values: TemplateContext = {}): Promise<Answer> {
  return ask(client, renderContext(postgresSql, name, values));
}
