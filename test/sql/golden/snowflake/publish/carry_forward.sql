insert into "SCOREHOUSE"."S_00000000002A" ("_RUN_ID", "_MODEL_VERSION", "_SCORED_AT", "LEVEL", "CUSTOMER_ID", "Region", "_LOAD")
select cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)), '3', cast('2026-03-01T02:03:04.567Z' as timestamp_tz(6)), null, t."CUSTOMER_ID", t."Region", t."_LOAD"
from "PREDICTIONS"."CHURN__V7" as t
where not exists (
  select 1 from "SCOREHOUSE"."S_00000000002A" as s where t."CUSTOMER_ID" = s."CUSTOMER_ID" and t."Region" = s."Region"
)
