update `scorehouse`.`control_churn`
set pointer = cast('7' as int64), publish_seq = cast('2' as int64), holder = null, expires_at = current_timestamp,
  epoch = greatest(epoch, (select coalesce(max(epoch), 0) from `scorehouse`.`run_log` where target = 'churn')) + 1000
where epoch = cast('4' as int64)
