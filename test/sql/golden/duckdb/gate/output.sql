select
  coalesce(sum(case when not isfinite("score") then 1 else 0 end), 0) as nonfinite,
  coalesce(sum(case when "score" < cast('-0.000001' as double) or "score" > cast('1.000001' as double) then 1 else 0 end), 0) as outside
from "predictions"."churn__v7"
