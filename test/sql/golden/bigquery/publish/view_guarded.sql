create or replace view `predictions`.`churn` options (description = 'scorehouse target=churn version=7 publish=3') as
select  `_run_id`, `_model_version`, `_scored_at`, `customer_id`, `Region`, `spend`, `score`, `level`, `_load`
from `predictions`.`churn__v7`
