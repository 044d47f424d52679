insert into `scorehouse`.`control_churn` (pointer, publish_seq, holder, epoch, expires_at)
select cast(null as int64), 0, cast(null as string), 0, current_timestamp
from unnest([1]) as one where not exists (select 1 from `scorehouse`.`control_churn`)
