delete from "PREDICTIONS"."CHURN__QUARANTINE"
where rejected_at < cast('2026-03-01T02:03:04.567Z' as timestamp_tz(6))
  and _run_id not in (cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)))
