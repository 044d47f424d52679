select count(x), min(x), max(x),
  avg(case when x between cast('-1e140' as float) and cast('1e140' as float) then x end),
  stddev_samp(case when x between cast('-1e140' as float) and cast('1e140' as float) then x end)
from (
  select cast("SCORE" as float) as x from "PREDICTIONS"."CHURN__V7"
) as numbers
where x between cast('-1.7976931348623157e308' as float) and cast('1.7976931348623157e308' as float)
