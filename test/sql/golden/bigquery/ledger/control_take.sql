update `scorehouse`.`control_churn`
set epoch = epoch + 1, holder = 'host:42', expires_at = timestamp_add(current_timestamp, interval 30 second)
where holder is null or expires_at < current_timestamp
