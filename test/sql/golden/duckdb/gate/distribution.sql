with numbers as materialized (
  select case when "score" between cast('-1.7976931348623157e308' as double) and cast('1.7976931348623157e308' as double) then "score" end as "score", "level"
  from "predictions"."churn__v7"
)
select 
  cast(unnest(quantile_disc("score", [cast('0.1' as double), cast('0.5' as double)])) as double),
  unnest([count(case when "score" < cast('0' as double) then 1 end), count(case when "score" < cast('0.75' as double) then 1 end), count("score")]),
  cast(unnest(quantile_disc("level", [cast('0.1' as double), cast('0.5' as double)])) as double),
  null
from numbers
