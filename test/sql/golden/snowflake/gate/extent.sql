select count(*) as row_count, count("SCORE"),
  cast(min("SCORE") as float), cast(max("SCORE") as float),
  avg(case when "SCORE" between cast('-1e140' as float) and cast('1e140' as float) then cast("SCORE" as float) end),
  stddev_samp(case when "SCORE" between cast('-1e140' as float) and cast('1e140' as float) then cast("SCORE" as float) end), count("LEVEL"),
  cast(min("LEVEL") as float), cast(max("LEVEL") as float),
  avg(case when "LEVEL" between cast('-1e140' as float) and cast('1e140' as float) then cast("LEVEL" as float) end),
  stddev_samp(case when "LEVEL" between cast('-1e140' as float) and cast('1e140' as float) then cast("LEVEL" as float) end), count("Region")
from "PREDICTIONS"."CHURN__V7"
