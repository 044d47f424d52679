insert into "SCOREHOUSE"."METRICS" (run_id, column_name, "ROWS", "NULLS", min, max, mean, stddev, quantiles, histogram)
values (cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)), 'SCORE', cast('3' as number(19,0)), cast('1' as number(19,0)),
  cast('0.25' as float), cast('0.75' as float), cast('0.5' as float), cast(null as float),
  '{"p50":0.5}', cast(null as varchar))
