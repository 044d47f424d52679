insert into "SCOREHOUSE"."CONTROL_CHURN" (pointer, publish_seq, holder, epoch, expires_at)
select null, 0, null, 0, current_timestamp where not exists (select 1 from "SCOREHOUSE"."CONTROL_CHURN")
