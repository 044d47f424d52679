update "SCOREHOUSE"."CONTROL_CHURN" set epoch = epoch where epoch = cast('4' as number(19,0))
