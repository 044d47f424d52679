insert into "scorehouse"."chunks" (run_id, chunk, epoch, lo, hi, "rows", rejects, load_key, loaded_at, tally)
values (cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid), cast('0' as integer), cast('4' as bigint), cast(null as varchar),
  '["2","o''clock"]', cast('3' as bigint), cast('1' as bigint), cast('17179869184' as bigint), current_timestamp,
  '{"keys":"0123456789abcdef"}')
