select cast('0' as integer) as place, bin, count(*) as row_count, sum(d) as total, sum(d * d) as squares
from (
  select d, cast(floor(d * cast('16' as double)) as integer) as bin
  from (
    select cast("score" as double) - cast('-0.25' as double) as d
    from "predictions"."churn__v7"
    where "score" is not null and "score" between cast('-1.7976931348623157e308' as double) and cast('1.7976931348623157e308' as double)
  ) as distances
) as binned
group by bin
union all
select cast('1' as integer) as place, bin, count(*) as row_count, sum(d) as total, sum(d * d) as squares
from (
  select d, cast(floor(d * cast('5' as double)) as integer) as bin
  from (
    select cast("level" as double) - cast('1' as double) as d
    from "predictions"."churn__v7"
    where "level" is not null
  ) as distances
) as binned
group by bin
