create or replace view `predictions`.`churn` options (description = 'scorehouse target=churn version=7 publish=3') as
select  cast('0190a6b2-7c1e-7000-8000-00000000002a' as string) as `_run_id`, 'v"3\'' as `_model_version`, cast('2026-03-01T02:03:04.567Z' as timestamp) as `_scored_at`, `customer_id`, `Region`, `spend`, `score`, `level`, `_load`
from `predictions`.`churn__v7`
