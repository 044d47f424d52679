select cast("Region" as varchar) as label, count(*) as row_count
from "PREDICTIONS"."CHURN__V7" where "Region" is not null
group by "Region" order by 2 desc, 1 limit 51
