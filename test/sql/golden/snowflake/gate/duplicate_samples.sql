select min(cast("CUSTOMER_ID" as varchar)), min(cast("Region" as varchar))
from "PREDICTIONS"."CHURN__V7" group by "CUSTOMER_ID", collate("Region", 'utf8') having count(*) > 1 order by "CUSTOMER_ID", collate("Region", 'utf8') limit 5
