select count(*) as outside from "predictions"."churn__v7"
where "score" < cast('-0.000001' as double precision)
  or ("score" > cast('1.000001' as double precision) and "score" <> cast('NaN' as double precision))
