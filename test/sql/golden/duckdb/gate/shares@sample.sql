select bin, count(*) as row_count
from (
  select case when "score" < cast('0.25' as double) then cast('0' as integer) when "score" < cast('0.75' as double) then cast('1' as integer) else cast('2' as integer) end as bin
  from "predictions"."churn__v7"
  where "score" between cast('-1.7976931348623157e308' as double) and cast('1.7976931348623157e308' as double)
    and hash("customer_id", "Region" collate "binary") & cast(cast('3' as bigint) as ubigint) = 0
) as binned
group by bin
