create table `scorehouse`.`redo_00000000002a` as
select t.`_run_id`, t.`_model_version`, t.`_scored_at`, t.`customer_id`, t.`Region`, t.`spend`, t.`score`, t.`level`, t.`_load` from `predictions`.`churn__v7` as t where t._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string)
