select cast("Region" as text) as label, count(*) as row_count
from "predictions"."churn__v7" where "Region" is not null
group by "Region" order by 2 desc, 1 limit 51
