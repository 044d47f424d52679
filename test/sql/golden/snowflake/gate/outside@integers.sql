select count(*) as outside from "PREDICTIONS"."CHURN__V7"
where "LEVEL" < null
  or ("LEVEL" > cast('3' as float))
