create table if not exists `scorehouse`.`version_log` (
  target string not null, version int64 not null, seq int64 not null, relation string not null, run_id string,
  model_sha256 string, model_version string, scored_at timestamp, contract_hash string, watermark string, state string not null, logged_at timestamp not null
)
