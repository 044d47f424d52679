create table `scorehouse`.`undo_00000000002a` as
select t.`_run_id`, t.`_model_version`, t.`_scored_at`, t.`customer_id`, t.`Region`, t.`spend`, t.`score`, t.`level`, t.`_load` from `predictions`.`churn__v7` as t
left join (
  select distinct s.`customer_id`, s.`Region`, 1 as _found
  from `scorehouse`.`s_00000000002a` as s join `scorehouse`.`chunks` as c on c.run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string) and c.load_key = s._load
) as s on t.`customer_id` = s.`customer_id` and t.`Region` = s.`Region`
left join (
  select distinct q.`customer_id`, q.`Region`, 1 as _found
  from `predictions`.`churn__quarantine` as q join `scorehouse`.`chunks` as c on c.run_id = q._run_id and c.load_key = q._load
  where q._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string)
) as q on t.`customer_id` = q.`customer_id` and t.`Region` = q.`Region`
where s._found = 1 or q._found is not null
