create or replace view "SCOREHOUSE"."TARGET_STATUS" as
select target, owner, live_version, publish_seq, published_at, "ROWS", age_seconds,
  age_seconds <= max_age_seconds as fresh, age_seconds > max_age_seconds as late, last_run_id, last_run_state
from (
  select t.target, t.owner, p.version as live_version, p.publish_seq, p.published_at, p."ROWS",
    cast(datediff(microsecond, p.published_at, current_timestamp) / 1000000 as float) as age_seconds, t.max_age_seconds,
    r.run_id as last_run_id, r.state as last_run_state
  from (
    select *, row_number() over (partition by target order by seq desc) as _latest from "SCOREHOUSE"."TARGET_LOG"
  ) as t
  left join (
    select *, row_number() over (partition by target order by publish_seq desc) as _latest from "SCOREHOUSE"."PUBLISHES"
  ) as p on p.target = t.target and p._latest = 1
  left join (
    select *, row_number() over (partition by target order by started_at desc, run_id desc) as _latest
    from "SCOREHOUSE"."RUNS"
  ) as r on r.target = t.target and r._latest = 1
  where t._latest = 1
) as status
