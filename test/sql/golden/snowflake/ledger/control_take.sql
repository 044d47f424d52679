update "SCOREHOUSE"."CONTROL_CHURN"
set epoch = epoch + 1, holder = 'host:42', expires_at = dateadd(second, 30, current_timestamp)
where holder is null or expires_at < current_timestamp
