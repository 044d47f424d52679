insert into `scorehouse`.`metrics` (run_id, column_name, `rows`, `nulls`, min, max, mean, stddev, quantiles, histogram)
values (cast('0190a6b2-7c1e-7000-8000-00000000002a' as string), 'score', cast('3' as int64), cast('1' as int64),
  cast('0.25' as float64), cast('0.75' as float64), cast('0.5' as float64), cast(null as float64),
  '{"p50":0.5}', cast(null as string))
