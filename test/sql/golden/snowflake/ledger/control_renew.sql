update "SCOREHOUSE"."CONTROL_CHURN" set expires_at = dateadd(second, 30, current_timestamp) where epoch = cast('4' as number(19,0))
