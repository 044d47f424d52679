create table if not exists "SCOREHOUSE"."RUN_LOG" (
  run_id varchar(36) not null, seq number(10,0) not null, target varchar not null,
  fingerprint varchar, model_sha256 varchar, model_version varchar, engine_version varchar, cpu_features varchar, sql_hash varchar, snapshot varchar,
  rows_read number(19,0), rows_scored number(19,0), rows_rejected number(19,0), rows_published number(19,0), key_hash varchar, value_hash varchar, bytes number(19,0),
  started_at timestamp_tz(6), finished_at timestamp_tz(6), cost float, state varchar not null, error_code varchar, error_message varchar,
  epoch number(19,0), logged_at timestamp_tz(6) not null
)
