select * from "SCOREHOUSE"."METRICS" where column_name = 'SCORE' and run_id in (cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)))
