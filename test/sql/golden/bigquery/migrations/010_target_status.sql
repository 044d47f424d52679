create or replace view `scorehouse`.`target_status` as
select target, owner, live_version, publish_seq, published_at, `rows`, age_seconds,
  age_seconds <= max_age_seconds as fresh, age_seconds > max_age_seconds as late, last_run_id, last_run_state
from (
  select t.target, t.owner, p.version as live_version, p.publish_seq, p.published_at, p.`rows`,
    timestamp_diff(current_timestamp, p.published_at, microsecond) / 1000000 as age_seconds, t.max_age_seconds,
    r.run_id as last_run_id, r.state as last_run_state
  from (
    select *, row_number() over (partition by target order by seq desc) as _latest from `scorehouse`.`target_log`
  ) as t
  left join (
    select *, row_number() over (partition by target order by publish_seq desc) as _latest from `scorehouse`.`publishes`
  ) as p on p.target = t.target and p._latest = 1
  left join (
    select *, row_number() over (partition by target order by started_at desc, run_id desc) as _latest
    from `scorehouse`.`runs`
  ) as r on r.target = t.target and r._latest = 1
  where t._latest = 1
) as status
