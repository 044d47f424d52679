update `scorehouse`.`control_churn` set holder = null, expires_at = current_timestamp where epoch = cast('4' as int64)
