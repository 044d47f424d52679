delete from `predictions`.`churn__v7` as t
where exists (
  select 1 from `scorehouse`.`undo_00000000002a` as k where t.`customer_id` = k.`customer_id` and t.`Region` = k.`Region`
)
