insert into `scorehouse`.`chunks` (run_id, chunk, epoch, lo, hi, `rows`, rejects, load_key, loaded_at, tally)
values (cast('0190a6b2-7c1e-7000-8000-00000000002a' as string), cast('0' as int64), cast('4' as int64), cast(null as string),
  '["2","o\'clock"]', cast('3' as int64), cast('1' as int64), cast('17179869184' as int64), current_timestamp,
  '{"keys":"0123456789abcdef"}')
