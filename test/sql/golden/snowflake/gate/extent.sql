select count(*) as row_count, count("SCORE"),
  cast(min("SCORE") as float), cast(max("SCORE") as float),
  avg(cast("SCORE" as float)),
  stddev_samp(cast("SCORE" as float)), count("LEVEL"),
  cast(min("LEVEL") as float), cast(max("LEVEL") as float),
  avg(case when "LEVEL" between cast('-1e140' as float) and cast('1e140' as float) then "LEVEL" end),
  stddev_samp(case when "LEVEL" between cast('-1e140' as float) and cast('1e140' as float) then "LEVEL" end), count("Region")
from "PREDICTIONS"."CHURN__V7"
