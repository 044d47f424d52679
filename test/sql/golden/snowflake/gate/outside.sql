select count(*) as outside from "PREDICTIONS"."CHURN__V7"
where "SCORE" < cast('-0.000001' as float)
  or ("SCORE" > cast('1.000001' as float) and "SCORE" <> cast('NaN' as float))
