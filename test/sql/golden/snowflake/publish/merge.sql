merge into "PREDICTIONS"."CHURN__V7" as t
using (
  select s."_RUN_ID", s."_MODEL_VERSION", s."_SCORED_AT", s."CUSTOMER_ID", s."Region", s."SPEND", s."SCORE", s."LEVEL", s."_LOAD"
  from "SCOREHOUSE"."S_00000000002A" as s join "SCOREHOUSE"."CHUNKS" as c on c.run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)) and c.load_key = s._load
) as s
on t."CUSTOMER_ID" = s."CUSTOMER_ID" and t."Region" = s."Region"
when matched then update set "_RUN_ID" = s."_RUN_ID", "_MODEL_VERSION" = s."_MODEL_VERSION", "_SCORED_AT" = s."_SCORED_AT", "SPEND" = s."SPEND", "SCORE" = s."SCORE", "LEVEL" = s."LEVEL", "_LOAD" = s."_LOAD"
when not matched then insert ("_RUN_ID", "_MODEL_VERSION", "_SCORED_AT", "CUSTOMER_ID", "Region", "SPEND", "SCORE", "LEVEL", "_LOAD")
  values (s."_RUN_ID", s."_MODEL_VERSION", s."_SCORED_AT", s."CUSTOMER_ID", s."Region", s."SPEND", s."SCORE", s."LEVEL", s."_LOAD")
