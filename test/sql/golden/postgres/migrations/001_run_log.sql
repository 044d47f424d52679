create table if not exists "scorehouse"."run_log" (
  run_id uuid not null, seq integer not null, target text not null,
  fingerprint text, model_sha256 text, model_version text, engine_version text, cpu_features text, sql_hash text, snapshot text,
  rows_read bigint, rows_scored bigint, rows_rejected bigint, rows_published bigint, key_hash text, value_hash text, bytes bigint,
  started_at timestamp with time zone, finished_at timestamp with time zone, cost double precision, state text not null, error_code text, error_message text,
  epoch bigint, logged_at timestamp with time zone not null
)
