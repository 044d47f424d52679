select 
  avg(cast("score" as double)),
  stddev_samp(cast("score" as double)),
  avg(case when "level" between -1e150 and 1e150 then cast("level" as double) end),
  stddev_samp(case when "level" between -1e150 and 1e150 then cast("level" as double) end)
from "predictions"."churn__v7"
