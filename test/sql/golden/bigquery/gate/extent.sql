select count(*) as row_count, count(`score`),
  cast(min(`score`) as float64), cast(max(`score`) as float64),
  avg(case when `score` between -1e140 and 1e140 then cast(`score` as float64) end),
  stddev_samp(case when `score` between -1e140 and 1e140 then cast(`score` as float64) end), count(`level`),
  cast(min(`level`) as float64), cast(max(`level`) as float64),
  avg(case when `level` between -1e140 and 1e140 then cast(`level` as float64) end),
  stddev_samp(case when `level` between -1e140 and 1e140 then cast(`level` as float64) end), count(`Region`)
from `predictions`.`churn__v7`
