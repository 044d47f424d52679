with numbers as (
  select case when "SCORE" between cast('-1.7976931348623157e308' as float) and cast('1.7976931348623157e308' as float) then "SCORE" end as "SCORE", "LEVEL"
  from "PREDICTIONS"."CHURN__V7" where bitand(hash("CUSTOMER_ID", "Region"), 3) = 0
),
quantiles as (
  select 
    array_construct(percentile_disc(0.1) within group (order by "SCORE"), percentile_disc(0.5) within group (order by "SCORE")) as "SCORE",
    array_construct(percentile_disc(0.1) within group (order by "LEVEL"), percentile_disc(0.5) within group (order by "LEVEL")) as "LEVEL"
  from numbers
),
below as (
  select 
    array_construct(count_if("SCORE" < cast('0' as float)), count_if("SCORE" < cast('0.75' as float)), count("SCORE")) as "SCORE",
    array_construct(count("LEVEL")) as "LEVEL"
  from numbers
)
select 
  cast(get(quantiles."SCORE", place) as float), cast(get(below."SCORE", place) as number(19,0)),
  cast(get(quantiles."LEVEL", place) as float), null
from quantiles cross join below cross join (
  select 0 as place union all select 1 as place union all select 2 as place
) as places
order by place
