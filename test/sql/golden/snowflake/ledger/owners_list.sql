select run_id, target from "SCOREHOUSE"."RUNS"
where right(cast(run_id as varchar), 12) in ('00000000002a', '00000000002b')
