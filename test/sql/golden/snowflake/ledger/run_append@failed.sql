insert into "SCOREHOUSE"."RUN_LOG" (
  run_id, seq, target, fingerprint, model_sha256, model_version, engine_version, cpu_features, sql_hash, snapshot,
  rows_read, rows_scored, rows_rejected, rows_published, key_hash, value_hash, bytes,
  started_at, finished_at, cost, state, error_code, error_message, epoch, logged_at, resume, rows_superseded
)
select cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)), coalesce(max(seq), 0) + 1, 'churn',
  'f1', 'a1', '3',
  'onnxruntime 1.30.0', 'avx2', 's1', '00000003-0000001B-1',
  cast('3' as number(19,0)), cast('3' as number(19,0)), cast('0' as number(19,0)),
  cast(null as number(19,0)), cast(null as varchar), cast(null as varchar), cast(null as number(19,0)),
  coalesce(min(started_at), current_timestamp), current_timestamp, cast(null as float),
  'failed', 'GATE_REFUSED', 'refused by the gate: it''s late',
  cast('4' as number(19,0)), current_timestamp, 'chunks', cast('0' as number(19,0))
from "SCOREHOUSE"."RUN_LOG" where run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36))
