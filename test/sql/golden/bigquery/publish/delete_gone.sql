delete from `predictions`.`churn__v7` as t
where not exists (
  select 1 from `scorehouse`.`s_00000000002a` as k where t.`customer_id` = k.`customer_id` and t.`Region` = k.`Region`
)
