select * from "predictions"."churn__v7" where "score" < cast('-0.000001' as double precision) or "score" > cast('1.000001' as double precision) limit 100
