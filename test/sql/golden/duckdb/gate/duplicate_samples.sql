select min(cast("customer_id" as varchar)), min(cast("Region" as varchar))
from "predictions"."churn__v7" group by "customer_id", "Region" collate "binary" having count(*) > 1 order by "customer_id", "Region" collate "binary" limit 5
