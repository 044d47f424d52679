select * from "predictions"."churn" limit cast('10' as bigint)
