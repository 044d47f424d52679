create table if not exists "scorehouse"."version_log" (
  target text not null, version integer not null, seq integer not null, relation text not null, run_id uuid,
  model_sha256 text, model_version text, scored_at timestamp with time zone, contract_hash text, watermark text, state text not null, logged_at timestamp with time zone not null
)
