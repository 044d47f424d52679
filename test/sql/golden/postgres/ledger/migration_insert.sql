insert into "scorehouse"."migrations" (number, name, program, applied_at)
select cast('1' as integer), '001_run_log', '0.1.0', current_timestamp
where not exists (select 1 from "scorehouse"."migrations" where number = cast('1' as integer))
