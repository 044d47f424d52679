import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { withClient } from '../test/support/postgres.js';
import { type PostgresServer, startPostgres } from '../test/support/postgres-server.js';
import { makeProject, modelFile, WORK } from './data.js';
import { fillInput } from './postgres-input.js';
import { readServerCpu } from './server-cpu.js';
import type { BenchWarehouse, Job } from './warehouse.js';

const PROJECT = join(WORK, 'project-postgres');

/** Hands the server's URL to the project's processes; each size of the input has a database of its own. */
const URL_VARIABLE = 'SCOREHOUSE_BENCH_POSTGRES';

/** What a server is given that holds tables of this size; all else is Postgres' default, fsync and autovacuum on. */
const SETTINGS = { shared_buffers: '512MB', max_wal_size: '4GB', checkpoint_timeout: '30min' } as const;

/** Puts back what test clusters have otherwise. */
const DEFAULTS = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', ssl: 'off' } as const;

/** A fresh server below bench/work, which ends with this process. */
export async function openPostgresBench(): Promise<BenchWarehouse> {
  await mkdir(WORK, { recursive: true });
  const server = await startPostgres({ settings: { ...DEFAULTS, ...SETTINGS }, under: WORK });
  if (server === null) throw new Error('there is no Postgres here to measure');
  try {
    await rm(PROJECT, { recursive: true, force: true });
    const warehouse = `type: postgres, url: "\${${URL_VARIABLE}}"`;
    await makeProject(PROJECT, warehouse, 'public.input', ['swap', 'merge']);
    const version = await withClient(server.url, async (client) => {
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      return rows[0]?.server_version;
    });
    const settings = Object.entries({ fsync: 'on', autovacuum: 'on', ...SETTINGS });
    const about = `Postgres ${version}, ${settings.map((setting) => setting.join(' = ')).join(', ')}`;
    return newBench(server, about);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

function newBench(server: PostgresServer, about: string): BenchWarehouse {
  const address = ({ rows }: Pick<Job, 'rows'>) => {
    const url = new URL(server.url);
    url.pathname = `/bench_${rows}`;
    return url.href;
  };
  let current = server.url;
  return {
    kind: 'postgres',
    about,
    peers: {
      adbc: { about: 'ADBC both ways, a thread pool over one-thread runs, the expert idiom' },
      'adbc-plain': {
        about: 'ADBC both ways, one onnxruntime session with a thread a core, the plain idiom',
      },
      pandas: { about: 'pandas.read_sql and to_sql through SQLAlchemy and psycopg', once: true },
    },
    strategies: ['swap', 'merge'],
    project: PROJECT,
    targetOf: ({ model, strategy }) => `${model}_${strategy}`,
    async begin(job) {
      await makeDatabase(server.url, job.rows);
      current = address(job);
      process.env[URL_VARIABLE] = current;
      await fillInput(current, job.rows);
      await withClient(current, (client) => client.query(DROP_RESULTS));
    },
    address,
    peerCommand: (peer, { model, strategy }, cores) => [
      'peer_postgres.py',
      ...['--url', current, '--model', modelFile(model), '--peer', peer],
      ...['--strategy', strategy, '--cores', String(cores)],
    ],
    settle: () => withClient(current, settle),
    serverCpu: () => readServerCpu(server.dir ?? ''),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const DROP_RESULTS = 'drop schema if exists predictions, scorehouse, peer, peer_plain cascade';

async function makeDatabase(url: string, rows: number): Promise<void> {
  const name = `bench_${rows}`;
  await withClient(url, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
  });
}

/** Tables of the peers that their view no longer reads. We drop our own old versions in the run. */
const OLD_PEER_TABLES = `select format('drop table %I.%I', schemaname, tablename) as drop from pg_tables as t
where schemaname in ('peer', 'peer_plain') and not exists (
  select from pg_views as v where v.schemaname = t.schemaname and v.definition like '%' || t.tablename || '%'
)`;

/** Every process begins with no dead rows and nothing to write to disk, whoever ran before it. */
async function settle(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ drop: string }>(OLD_PEER_TABLES);
  for (const { drop } of rows) await client.query(drop);
  await client.query('vacuum analyze');
  await client.query('checkpoint');
}
