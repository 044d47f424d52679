insert into "SCOREHOUSE"."MIGRATIONS" (number, name, program, applied_at)
select cast('1' as number(10,0)), '001_run_log', '0.1.0', current_timestamp
where not exists (select 1 from "SCOREHOUSE"."MIGRATIONS" where number = cast('1' as number(10,0)))
