select bin, count(*) as row_count
from (
  select case when `score` < cast('0.25' as float64) then cast('0' as int64) when `score` < cast('0.75' as float64) then cast('1' as int64) else cast('2' as int64) end as bin
  from `predictions`.`churn__v7`
  where `score` between cast('-1.7976931348623157e308' as float64) and cast('1.7976931348623157e308' as float64)
) as binned
group by bin
