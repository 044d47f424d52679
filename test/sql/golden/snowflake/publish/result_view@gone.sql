create or replace view "SCOREHOUSE"."R_00000000002A" as
select s."_RUN_ID", s."_MODEL_VERSION", s."_SCORED_AT", s."CUSTOMER_ID", s."Region", s."SPEND", s."SCORE", s."LEVEL", s."_LOAD" from "SCOREHOUSE"."S_00000000002A" as s
union all
select t."_RUN_ID", t."_MODEL_VERSION", t."_SCORED_AT", t."CUSTOMER_ID", t."Region", t."SPEND", t."SCORE", t."LEVEL", t."_LOAD" from "PREDICTIONS"."CHURN__V7" as t
where not exists (
  select 1 from "SCOREHOUSE"."S_00000000002A" as s where t."CUSTOMER_ID" = s."CUSTOMER_ID" and t."Region" = s."Region"
)
and not exists (
  select 1 from "PREDICTIONS"."CHURN__QUARANTINE" as q join "SCOREHOUSE"."CHUNKS" as c on c.run_id = q._run_id and c.load_key = q._load
  where q._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)) and t."CUSTOMER_ID" = q."CUSTOMER_ID" and t."Region" = q."Region"
)
