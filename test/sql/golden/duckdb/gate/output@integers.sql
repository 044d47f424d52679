select
  0 as nonfinite,
  coalesce(sum(case when "level" < null or "level" > cast('3' as double) then 1 else 0 end), 0) as outside
from "predictions"."churn__v7"
