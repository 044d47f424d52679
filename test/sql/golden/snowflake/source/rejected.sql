select "CUSTOMER_ID", "Region", "TENURE"
from (select * from analytics.customers -- all of them
) as source
where exists (
  select 1 from "PREDICTIONS"."CHURN__QUARANTINE" as q join "SCOREHOUSE"."CHUNKS" as c on c.run_id = q._run_id and c.load_key = q._load
  where q._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)) and source."CUSTOMER_ID" = q."CUSTOMER_ID" and source."Region" = q."Region"
)
