select distinct epoch from "SCOREHOUSE"."RUN_LOG" where run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36))
