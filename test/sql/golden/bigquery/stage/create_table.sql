create table `predictions`.`churn__v7` (
  `_run_id` string,
  `_model_version` string,
  `_scored_at` timestamp,
  `customer_id` int64,
  `Region` string,
  `spend` numeric(10,2),
  `score` float64,
  `level` int64,
  `_load` int64
) options (expiration_timestamp = timestamp '9999-12-31 00:00:00+00')
