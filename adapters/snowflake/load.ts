import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertInvariant, type LoadOptions, type LoadPart, type Relation } from '../../src/contract/index.js';
import { CSV_FORMAT } from './csv.js';
import { snowflakeDialect } from './dialect.js';
import { toCallError } from './errors.js';
import type { CallOptions, SessionPool } from './pool.js';
import type { Session } from './session.js';
import { Staging } from './staging.js';
import { runStatement, runStatements } from './statements.js';
import { inTransaction } from './transaction.js';

/** Longest wait for files on the stage to be removed. */
const REMOVE_MS = 10_000;

/** The user's own stage: it is always there, and asks for no right. */
const STAGE = '@~/scorehouse';

/**
 * Loads parts as files of the user's stage through one COPY, in one transaction with the statements of `with`: all or
 * nothing. The files are gone afterwards.
 */
export async function loadParts(
  pool: SessionPool,
  session: Session,
  relation: Relation,
  parts: AsyncIterable<LoadPart>,
  options: LoadOptions,
): Promise<number> {
  const call: CallOptions = {
    stage: 'stage',
    annotations: options.annotations,
    signal: options.signal,
    writes: true,
  };
  const target = renderTarget(relation, options.columns);
  const folder = await mkdtemp(join(tmpdir(), 'scorehouse-'));
  const path = `${STAGE}/${randomUUID()}`;
  const staging = new Staging(pool, session, call, folder, path);
  try {
    await staging.stage(parts, options.columns?.length ?? null);
    return await inTransaction(pool, session, call, async () => {
      await copy(pool, session, call, target, staging);
      await runStatements(pool, session, options.with?.() ?? [], call);
      return staging.rows;
    });
  } catch (error) {
    throw toCallError(error, call.signal, pool.placeOf('stage', 'load'));
  } finally {
    await rm(folder, { recursive: true, force: true });
    if (staging.files.length > 0) await removeStaged(pool, session, path);
  }
}

function renderTarget(relation: Relation, columns: readonly string[] | undefined): string {
  const names = columns === undefined ? '' : ` (${columns.map(snowflakeDialect.ident).join(', ')})`;
  return `${snowflakeDialect.relation(relation)}${names}`;
}

async function copy(
  pool: SessionPool,
  session: Session,
  call: CallOptions,
  target: string,
  { files, rows, path }: Staging,
): Promise<void> {
  if (files.length === 0) return;
  const names = files.map((name) => `'${name}'`).join(', ');
  const sql = `copy into ${target} from '${path}/' files = (${names})
file_format = ${CSV_FORMAT} on_error = abort_statement`;
  const { rowsAffected } = await runStatement(pool, session, { name: 'load', sql }, call);
  assertInvariant(rowsAffected === rows, `Snowflake loaded ${rowsAffected} rows of ${rows}`, 'stage');
}

/** Best effort: what stays is named by this load alone, and is never loaded again. */
async function removeStaged(pool: SessionPool, session: Session, path: string): Promise<void> {
  if (session.lost) return;
  const call: CallOptions = { stage: 'stage', signal: AbortSignal.timeout(REMOVE_MS), writes: true };
  await runStatement(pool, session, { name: 'remove', sql: `remove '${path}/'` }, call).catch(
    () => undefined,
  );
}
