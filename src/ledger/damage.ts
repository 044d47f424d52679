import { ScoringError } from '../contract/index.js';

/** What each migration adds to its relation, in words; a relation that none of them names is no part of the ledger. */
const MIGRATION_COLUMNS = {
  '001_run_log': `run_id seq target fingerprint model_sha256 model_version engine_version cpu_features sql_hash snapshot
    rows_read rows_scored rows_rejected rows_published key_hash value_hash bytes started_at finished_at cost state
    error_code error_message epoch logged_at`,
  '002_runs': `run_id target fingerprint model_sha256 model_version engine_version cpu_features sql_hash snapshot
    rows_read rows_scored rows_rejected rows_published key_hash value_hash bytes started_at finished_at cost state
    error_code error_message epoch`,
  '003_chunks': 'run_id chunk epoch lo hi rows rejects load_key loaded_at',
  '004_version_log': `target version seq relation run_id model_sha256 model_version scored_at contract_hash watermark
    state logged_at`,
  '005_versions': `target version relation run_id model_sha256 model_version scored_at contract_hash watermark state
    logged_at`,
  '006_publishes': 'target publish_seq version run_id kind rows published_at',
  '007_metrics': 'run_id column_name rows nulls min max mean stddev quantiles histogram',
  '008_requests': 'request_id target requested_by payload requested_at state run_id updated_at',
  '009_target_log': 'target seq owner description relation max_age_seconds ready_by logged_at',
  '010_target_status': `target owner live_version publish_seq published_at rows age_seconds fresh late last_run_id
    last_run_state`,
  '011_feature_counts': 'run_id feature reason action rows',
  '012_run_resume': 'resume',
  '013_run_superseded': 'rows_superseded',
  '014_chunk_tally': 'tally',
  '015_runs_resume': 'resume rows_superseded logged_at',
} as const;

/** A migration that the ledger has on record, with the relation that it is about. */
export type Applied = readonly [name: keyof typeof MIGRATION_COLUMNS, relation: string];

/** Columns by relation, of those relations of the ledger that are there. */
export type LedgerColumns = ReadonlyMap<string, ReadonlySet<string>>;

/** What the recorded migrations have made and is not there, relation by relation; nothing where all is well. */
export function findDamage(applied: readonly Applied[], there: LedgerColumns): readonly string[] {
  const relations = [...new Set(applied.map(([, relation]) => relation))];
  return relations.flatMap((relation) => {
    const found = there.get(relation);
    if (found === undefined) return [`${relation} is missing`];
    const made = applied.flatMap(([name, of]) => (of === relation ? columnsOf(name) : []));
    const lost = made.filter((column) => !found.has(column));
    return lost.length === 0 ? [] : [`${relation} has no column ${lost.join(', ')}`];
  });
}

/** The columns that a migration adds. */
export function columnsOf(name: Applied[0]): readonly string[] {
  return MIGRATION_COLUMNS[name].split(/\s+/);
}

const FROM_BACKUP =
  'Nothing is made anew over what a ledger records: bring back what is missing from a backup. If all of it may go, drop the schema with its tables.';

/** The LEDGER_DAMAGED error, with what is wrong in its details. */
export function toDamaged(damage: readonly string[], hint = FROM_BACKUP): ScoringError {
  return new ScoringError(`the ledger is not as scorehouse made it: ${damage.join('; ')}`, {
    code: 'LEDGER_DAMAGED',
    stage: 'ledger',
    details: { damage },
    hint,
  });
}
