select bin, count(*) as row_count
from (
  select width_bucket(cast("score" as double precision), array[cast('0.25' as double precision), cast('0.75' as double precision)]) as bin
  from "predictions"."churn__v7" tablesample bernoulli (cast('25' as double precision)) repeatable (1)
  where "score" between cast('-1.7976931348623157e308' as double precision) and cast('1.7976931348623157e308' as double precision)
) as binned
group by bin
