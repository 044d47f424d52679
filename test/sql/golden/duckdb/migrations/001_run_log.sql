create table if not exists "scorehouse"."run_log" (
  run_id uuid not null, seq integer not null, target varchar not null,
  fingerprint varchar, model_sha256 varchar, model_version varchar, engine_version varchar, cpu_features varchar, sql_hash varchar, snapshot varchar,
  rows_read bigint, rows_scored bigint, rows_rejected bigint, rows_published bigint, key_hash varchar, value_hash varchar, bytes bigint,
  started_at timestamptz, finished_at timestamptz, cost double, state varchar not null, error_code varchar, error_message varchar,
  epoch bigint, logged_at timestamptz not null
)
