update "SCOREHOUSE"."CONTROL_CHURN" set holder = null, expires_at = current_timestamp where epoch = cast('4' as number(19,0))
