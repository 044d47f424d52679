update "scorehouse"."control_churn" set expires_at = current_timestamp + interval '30 seconds' where epoch = cast('4' as bigint)
