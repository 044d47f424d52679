create or replace view `scorehouse`.`runs` as
select run_id, target, fingerprint, model_sha256, model_version, engine_version, cpu_features, sql_hash, snapshot,
  rows_read, rows_scored, rows_rejected, rows_published, key_hash, value_hash, bytes,
  started_at, finished_at, cost, state, error_code, error_message, epoch
from (
  select *, row_number() over (partition by run_id order by seq desc) as _latest from `scorehouse`.`run_log`
) as logged
where _latest = 1
