create or replace view `predictions`.`churn` options (description = 'scorehouse target=churn version=7: it\'s live') as
select  `_run_id`, `_model_version`, `_scored_at`, `customer_id`, `Region`, `spend`, `score`, `level`, `_load`
from `predictions`.`churn__v7`
