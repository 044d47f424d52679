select 
  cast(unnest(percentile_disc(array[cast('0.1' as double precision), cast('0.5' as double precision)]) within group (order by "score")) as double precision),
  unnest(array[count(*) filter (where "score" < cast('0' as double precision)), count(*) filter (where "score" < cast('0.75' as double precision)), count("score")]),
  cast(unnest(percentile_disc(array[cast('0.1' as double precision), cast('0.5' as double precision)]) within group (order by "level")) as double precision),
  null
from (
  select case when "score" between cast('-1.7976931348623157e308' as double precision) and cast('1.7976931348623157e308' as double precision) then "score" end as "score", "level"
  from "predictions"."churn__v7" tablesample bernoulli (cast('25' as double precision)) repeatable (1)
) as numbers
