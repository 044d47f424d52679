create table if not exists `scorehouse`.`metrics` (
  run_id string not null, column_name string not null, `rows` int64, `nulls` int64, min float64, max float64, mean float64, stddev float64,
  quantiles string, histogram string
)
