create or replace view `scorehouse`.`r_00000000002a` as
select s.`_run_id`, s.`_model_version`, s.`_scored_at`, s.`customer_id`, s.`Region`, s.`spend`, s.`score`, s.`level`, s.`_load` from `scorehouse`.`s_00000000002a` as s
union all
select t.`_run_id`, t.`_model_version`, t.`_scored_at`, t.`customer_id`, t.`Region`, t.`spend`, t.`score`, t.`level`, t.`_load` from `predictions`.`churn__v7` as t
where not exists (
  select 1 from `scorehouse`.`s_00000000002a` as s where t.`customer_id` = s.`customer_id` and t.`Region` = s.`Region`
)
and not exists (
  select 1 from `predictions`.`churn__quarantine` as q join `scorehouse`.`chunks` as c on c.run_id = q._run_id and c.load_key = q._load
  where q._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string) and t.`customer_id` = q.`customer_id` and t.`Region` = q.`Region`
)
