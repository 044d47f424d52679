insert into `scorehouse`.`run_log` (
  run_id, seq, target, fingerprint, model_sha256, model_version, engine_version, cpu_features, sql_hash, snapshot,
  rows_read, rows_scored, rows_rejected, rows_published, key_hash, value_hash, bytes,
  started_at, finished_at, cost, state, error_code, error_message, epoch, logged_at, resume, rows_superseded
)
select cast('0190a6b2-7c1e-7000-8000-00000000002a' as string), coalesce(max(seq), 0) + 1, 'churn',
  'f1', 'a1', '3',
  'onnxruntime 1.30.0', 'avx2', 's1', '00000003-0000001B-1',
  cast('3' as int64), cast('3' as int64), cast('0' as int64),
  cast(null as int64), cast(null as string), cast(null as string), cast(null as int64),
  coalesce(min(started_at), current_timestamp), cast(null as timestamp), cast(null as float64),
  'running', cast(null as string), cast(null as string),
  cast('4' as int64), current_timestamp, 'chunks', cast('0' as int64)
from `scorehouse`.`run_log` where run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string)
