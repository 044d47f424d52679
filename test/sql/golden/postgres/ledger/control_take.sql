update "scorehouse"."control_churn"
set epoch = epoch + 1, holder = 'host:42', expires_at = clock_timestamp() + interval '30 seconds'
where holder is null or expires_at < clock_timestamp()
