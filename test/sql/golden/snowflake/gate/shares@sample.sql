select bin, count(*) as row_count
from (
  select case when "SCORE" < cast('0.25' as float) then cast('0' as number(10,0)) when "SCORE" < cast('0.75' as float) then cast('1' as number(10,0)) else cast('2' as number(10,0)) end as bin
  from "PREDICTIONS"."CHURN__V7"
  where "SCORE" between cast('-1.7976931348623157e308' as float) and cast('1.7976931348623157e308' as float)
) as binned
group by bin
