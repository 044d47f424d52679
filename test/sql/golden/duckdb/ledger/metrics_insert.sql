insert into "scorehouse"."metrics" (run_id, column_name, "rows", "nulls", min, max, mean, stddev, quantiles, histogram)
values (cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid), 'score', cast('3' as bigint), cast('1' as bigint),
  cast('0.25' as double), cast('0.75' as double), cast('0.5' as double), cast(null as double),
  '{"p50":0.5}', cast(null as varchar))
