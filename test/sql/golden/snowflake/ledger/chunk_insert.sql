insert into "SCOREHOUSE"."CHUNKS" (run_id, chunk, epoch, lo, hi, "ROWS", rejects, load_key, loaded_at, tally)
values (cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)), cast('0' as number(10,0)), cast('4' as number(19,0)), cast(null as varchar),
  '["2","o''clock"]', cast('3' as number(19,0)), cast('1' as number(19,0)), cast('17179869184' as number(19,0)), current_timestamp,
  '{"keys":"0123456789abcdef"}')
