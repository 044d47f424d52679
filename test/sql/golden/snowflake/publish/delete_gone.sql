delete from "PREDICTIONS"."CHURN__V7" as t
where not exists (
  select 1 from "SCOREHOUSE"."S_00000000002A" as k where t."CUSTOMER_ID" = k."CUSTOMER_ID" and t."Region" = k."Region"
)
