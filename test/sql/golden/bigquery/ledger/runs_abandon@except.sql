insert into `scorehouse`.`run_log` (
  run_id, seq, target, fingerprint, model_sha256, model_version, engine_version, cpu_features, sql_hash, snapshot,
  rows_read, rows_scored, rows_rejected, rows_published, key_hash, value_hash, bytes,
  started_at, finished_at, cost, state, error_code, error_message, epoch, logged_at, resume, rows_superseded
)
select run_id, seq + 1, target, fingerprint, model_sha256, model_version, engine_version, cpu_features, sql_hash, snapshot,
  rows_read, rows_scored, rows_rejected, rows_published, key_hash, value_hash, bytes,
  started_at, current_timestamp, cost, 'abandoned', coalesce(error_code, 'ABANDONED'),
  coalesce(error_message, 'the process ended without a word'), epoch, current_timestamp, null, rows_superseded
from (
  select *, row_number() over (partition by run_id order by seq desc) as _latest
  from `scorehouse`.`run_log` where target = 'churn'
) as logged
where _latest = 1 and (state in ('running', 'staged', 'unknown') or resume is not null)
  and run_id <> cast('0190a6b2-7c1e-7000-8000-00000000002a' as string)
