select count(*) as outside from "PREDICTIONS"."CHURN__V7"
where "LEVEL" < cast(null as float)
  or ("LEVEL" > cast('3' as float))
