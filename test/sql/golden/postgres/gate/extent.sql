select count(*) as row_count, count("score"),
  cast(min("score") as double precision), cast(max("score") as double precision),
  avg(cast("score" as double precision)),
  stddev_samp(cast("score" as double precision)), count("level"),
  cast(min("level") as double precision), cast(max("level") as double precision),
  avg(case when "level" between -1e140 and 1e140 then cast("level" as double precision) end),
  stddev_samp(case when "level" between -1e140 and 1e140 then cast("level" as double precision) end), count("Region")
from "predictions"."churn__v7"
