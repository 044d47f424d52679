select * from "predictions"."churn__v7" where "score" < cast('-0.000001' as double) or ("score" > cast('1.000001' as double) and "score" <> cast('NaN' as double)) limit 100
