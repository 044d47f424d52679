insert into `scorehouse`.`migrations` (number, name, program, applied_at)
select cast('1' as int64), '001_run_log', '0.1.0', current_timestamp
from unnest([1]) as one where not exists (select 1 from `scorehouse`.`migrations` where number = cast('1' as int64))
