insert into "SCOREHOUSE"."RUN_LOG" (
  run_id, seq, target, fingerprint, model_sha256, model_version, engine_version, cpu_features, sql_hash, snapshot,
  rows_read, rows_scored, rows_rejected, rows_published, key_hash, value_hash, bytes,
  started_at, finished_at, cost, state, error_code, error_message, epoch, logged_at, resume, rows_superseded
)
select run_id, seq + 1, target, fingerprint, model_sha256, model_version, engine_version, cpu_features, sql_hash, snapshot,
  rows_read, rows_scored, rows_rejected, rows_published, key_hash, value_hash, bytes,
  started_at, logged_at, cost, 'interrupted', error_code, error_message, epoch,
  logged_at, 'chunks', rows_superseded
from (
  select *, row_number() over (order by seq desc) as _latest
  from "SCOREHOUSE"."RUN_LOG" where run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36))
) as logged
where _latest = 1
