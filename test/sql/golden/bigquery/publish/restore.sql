insert into `predictions`.`churn__v7` (`_run_id`, `_model_version`, `_scored_at`, `customer_id`, `Region`, `spend`, `score`, `level`, `_load`)
select `_run_id`, `_model_version`, `_scored_at`, `customer_id`, `Region`, `spend`, `score`, `level`, `_load` from `scorehouse`.`undo_00000000002a`
