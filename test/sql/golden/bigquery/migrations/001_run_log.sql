create table if not exists `scorehouse`.`run_log` (
  run_id string not null, seq int64 not null, target string not null,
  fingerprint string, model_sha256 string, model_version string, engine_version string, cpu_features string, sql_hash string, snapshot string,
  rows_read int64, rows_scored int64, rows_rejected int64, rows_published int64, key_hash string, value_hash string, bytes int64,
  started_at timestamp, finished_at timestamp, cost float64, state string not null, error_code string, error_message string,
  epoch int64, logged_at timestamp not null
)
