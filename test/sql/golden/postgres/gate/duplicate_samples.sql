select min(cast("customer_id" as text)), min(cast("Region" as text))
from "predictions"."churn__v7" group by "customer_id", "Region" collate "C" having count(*) > 1 order by "customer_id", "Region" collate "C" limit 5
