select count(x), min(x), max(x),
  avg(case when x between -1e140 and 1e140 then x end), stddev_samp(case when x between -1e140 and 1e140 then x end)
from (
  select cast(`score` as float64) as x from `predictions`.`churn__v7`
) as numbers
where x between cast('-1.7976931348623157e308' as float64) and cast('1.7976931348623157e308' as float64)
