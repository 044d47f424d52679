update `scorehouse`.`control_churn` set expires_at = timestamp_add(current_timestamp, interval 30 second) where epoch = cast('4' as int64)
