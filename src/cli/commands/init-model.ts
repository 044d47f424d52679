import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Column, isOrderable, ScoringError } from '../../contract/index.js';
import { findColumn } from '../../plan/find-column.js';
import { newFetcher } from '../../run/fetcher.js';
import { inspectModel } from '../../run/inspect-model.js';
import type { WarehouseSession } from '../../run/session.js';
import { loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import { toNamedModel } from '../model-place.js';
import type { CommandEnv } from '../options.js';
import { draftFeatures } from '../propose-columns.js';
import { renderTargetDraft, toTargetName } from '../target-draft.js';

export interface ModelInit {
  readonly model: string;
  readonly table: string;
  readonly key: string | null;
  readonly warehouse: string | null;
}

/**
 * Writes a target for a model over a table of the project's warehouse: which column each feature is, as far as names
 * tell. A target of that name that exists is kept.
 *
 * @throws CONFIG_INVALID where the folder holds no project
 */
export async function initFromModel(dir: string, args: ModelInit, env: CommandEnv): Promise<void> {
  const project = { projectDir: dir, ...(args.warehouse === null ? {} : { warehouse: args.warehouse }) };
  const loaded = await loadContext(project, env, { withoutTargets: true });
  const { place, uri } = toNamedModel(args.model, env.cwd);
  const inspection = await inspectModel(place, uri, newFetcher(env.env, env.signal, env.network));
  const session = await openSession(loaded, project, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  await using _adapter = session.adapter;
  const columns = await readColumns(session, args.table, env.signal);
  const key = args.key === null ? guessKey(columns) : findColumn(columns, args.key, 'key').name;
  const name = toTargetName(inspection.manifest.files[0]?.path ?? '');
  const features = draftFeatures(
    inspection,
    columns.filter((column) => column.name !== key),
  );
  const draft = {
    name,
    table: args.table,
    tableDoubt: null,
    key: [key],
    keyDoubt: args.key === null ? 'a guess: the columns that tell rows apart' : null,
    features,
  };
  // As the target's own folder sees it: paths start at the project.
  const own = place.kind === 'file' ? relative(dir, place.path).replaceAll('\\', '/') : uri;
  await writeTarget(dir, name, renderTargetDraft(draft, { ...inspection, uri: own }), env);
  const unsure = features.filter(({ doubt }) => doubt !== null).length;
  if (unsure > 0)
    env.stdout.write(`      ${unsure} of ${features.length} features are unsure: see its comments\n`);
}

async function writeTarget(dir: string, name: string, text: string, env: CommandEnv): Promise<void> {
  const path = join('targets', `${name}.yml`);
  await mkdir(join(dir, 'targets'), { recursive: true });
  const heading = '# yaml-language-server: $schema=../.scorehouse/target.schema.json\n';
  try {
    await writeFile(join(dir, path), heading + text, { flag: 'wx' });
    env.stdout.write(`made  ${path}\n`);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    env.stdout.write(`kept  ${path}\n`);
  }
}

async function readColumns(
  { adapter, ledger, warehouse }: WarehouseSession,
  written: string,
  signal: AbortSignal,
): Promise<readonly Column[]> {
  const [name, schema = warehouse.outputSchema.schema, database, ...rest] = written.split('.').reverse();
  if (name === undefined || name === '' || rest.length > 0) {
    throw new ScoringError(`--table ${written}: expected a table like analytics.customers`, {
      code: 'USAGE',
      stage: 'cli',
    });
  }
  const table = { ...(database === undefined ? {} : { database }), schema, name };
  return adapter.describe({ sql: ledger.sql.render('source/table', { table }).sql }, signal);
}

/** `id`, else the first column that ends in one, else the first whose values have an order. */
function guessKey(columns: readonly Column[]): string {
  const orderable = columns.filter(({ type }) => isOrderable(type));
  const found =
    orderable.find(({ name }) => name.toLowerCase() === 'id') ??
    orderable.find(({ name }) => /(?:_id|Id|_key)$/.test(name)) ??
    orderable[0];
  if (found !== undefined) return found.name;
  throw new ScoringError('no column of the table can be a key', {
    code: 'PLAN_INVALID',
    stage: 'plan',
    hint: 'Keys are integers, decimals, texts, UUIDs, dates or timestamps: name one with --key, or cast it in a view.',
  });
}
