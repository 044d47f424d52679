update "scorehouse"."control_churn"
set epoch = epoch + 1, holder = 'host:42', expires_at = current_timestamp + interval '30 seconds'
