select * from "PREDICTIONS"."CHURN" limit 10
