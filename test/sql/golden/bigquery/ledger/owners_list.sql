select run_id, target from `scorehouse`.`runs`
where right(cast(run_id as string), 12) in ('00000000002a', '00000000002b')
