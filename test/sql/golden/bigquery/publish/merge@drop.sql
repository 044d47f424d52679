merge into `predictions`.`churn__v7` as t
using (
  select s.`_run_id`, s.`_model_version`, s.`_scored_at`, s.`customer_id`, s.`Region`, s.`spend`, s.`score`, s.`level`, s.`_load`
  from `scorehouse`.`s_00000000002a` as s join `scorehouse`.`chunks` as c on c.run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string) and c.load_key = s._load
) as s
on t.`customer_id` = s.`customer_id` and t.`Region` = s.`Region`
when matched then update set `_run_id` = s.`_run_id`, `_model_version` = s.`_model_version`, `_scored_at` = s.`_scored_at`, `spend` = s.`spend`, `score` = s.`score`, `level` = s.`level`, `_load` = s.`_load`
when not matched then insert (`_run_id`, `_model_version`, `_scored_at`, `customer_id`, `Region`, `spend`, `score`, `level`, `_load`)
  values (s.`_run_id`, s.`_model_version`, s.`_scored_at`, s.`customer_id`, s.`Region`, s.`spend`, s.`score`, s.`level`, s.`_load`)
when not matched by source then delete
