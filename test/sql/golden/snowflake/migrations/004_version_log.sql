create table if not exists "SCOREHOUSE"."VERSION_LOG" (
  target varchar not null, version number(10,0) not null, seq number(10,0) not null, relation varchar not null, run_id varchar(36),
  model_sha256 varchar, model_version varchar, scored_at timestamp_tz(6), contract_hash varchar, watermark varchar, state varchar not null, logged_at timestamp_tz(6) not null
)
