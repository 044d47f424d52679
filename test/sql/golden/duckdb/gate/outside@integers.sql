select count(*) as outside from "predictions"."churn__v7"
where "level" < cast(null as double)
  or ("level" > cast('3' as double))
