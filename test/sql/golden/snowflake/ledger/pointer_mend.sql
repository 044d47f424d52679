update "SCOREHOUSE"."CONTROL_CHURN"
set pointer = cast('7' as number(10,0)), publish_seq = cast('2' as number(19,0)), holder = null, expires_at = current_timestamp,
  epoch = greatest(epoch, (select coalesce(max(epoch), 0) from "SCOREHOUSE"."RUN_LOG" where target = 'churn')) + 1000
where epoch = cast('4' as number(19,0))
