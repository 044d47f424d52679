insert into "scorehouse"."run_log" (
  run_id, seq, target, fingerprint, model_sha256, model_version, engine_version, cpu_features, sql_hash, snapshot,
  rows_read, rows_scored, rows_rejected, rows_published, key_hash, value_hash, bytes,
  started_at, finished_at, cost, state, error_code, error_message, epoch, logged_at, resume, rows_superseded
)
select cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid), coalesce(max(seq), 0) + 1, 'churn',
  'f1', 'a1', '3',
  'onnxruntime 1.30.0', 'avx2', 's1', '00000003-0000001B-1',
  cast('3' as bigint), cast('3' as bigint), cast('0' as bigint),
  cast(null as bigint), cast(null as text), cast(null as text), cast(null as bigint),
  coalesce(min(started_at), current_timestamp), current_timestamp, cast(null as double precision),
  'failed', 'GATE_REFUSED', 'refused by the gate: it''s late',
  cast('4' as bigint), current_timestamp, 'chunks', cast('0' as bigint)
from "scorehouse"."run_log" where run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid)
