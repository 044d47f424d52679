select r.run_id, r.epoch, r.state, r.resume, r.fingerprint, r.sql_hash, r.model_sha256, r.engine_version, r.cpu_features, r.snapshot,
  r.rows_read, r.rows_superseded,
  timestamp_diff(current_timestamp, greatest(r.logged_at, coalesce(c.loaded_at, r.logged_at)), microsecond) / 1000000 as idle_seconds
from `scorehouse`.`runs` as r
left join (
  select run_id, max(loaded_at) as loaded_at from `scorehouse`.`chunks` group by run_id
) as c on c.run_id = r.run_id
where r.target = 'churn' and (r.state in ('running', 'staged', 'unknown') or r.resume is not null)
order by r.started_at desc, r.run_id desc
