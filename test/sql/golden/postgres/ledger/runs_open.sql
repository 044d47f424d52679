select r.run_id, r.epoch, r.state, r.resume, r.fingerprint, r.sql_hash, r.model_sha256, r.engine_version, r.cpu_features, r.snapshot,
  r.rows_read, r.rows_superseded,
  cast(extract(epoch from (current_timestamp - coalesce(
    (select max(c.loaded_at) from "scorehouse"."chunks" as c where c.run_id = r.run_id and c.loaded_at > r.logged_at), r.logged_at
  ))) as double precision) as idle_seconds
from "scorehouse"."runs" as r
where r.target = 'churn' and (r.state in ('running', 'staged', 'unknown') or r.resume is not null)
order by r.started_at desc, r.run_id desc
