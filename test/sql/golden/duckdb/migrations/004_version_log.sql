create table if not exists "scorehouse"."version_log" (
  target varchar not null, version integer not null, seq integer not null, relation varchar not null, run_id uuid,
  model_sha256 varchar, model_version varchar, scored_at timestamptz, contract_hash varchar, watermark varchar, state varchar not null, logged_at timestamptz not null
)
