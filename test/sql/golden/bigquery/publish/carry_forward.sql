insert into `scorehouse`.`s_00000000002a` (`_run_id`, `_model_version`, `_scored_at`, `level`, `customer_id`, `Region`, `_load`)
select cast('0190a6b2-7c1e-7000-8000-00000000002a' as string), '3', cast('2026-03-01T02:03:04.567Z' as timestamp), null, t.`customer_id`, t.`Region`, t.`_load`
from `predictions`.`churn__v7` as t
where not exists (
  select 1 from `scorehouse`.`s_00000000002a` as s where t.`customer_id` = s.`customer_id` and t.`Region` = s.`Region`
)
