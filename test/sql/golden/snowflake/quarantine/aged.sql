select count(*) as row_count from "PREDICTIONS"."CHURN__QUARANTINE"
where rejected_at < cast('2026-03-01T02:03:04.567Z' as timestamp_tz(6))
