create table "SCOREHOUSE"."UNDO_00000000002A" as
select t."_RUN_ID", t."_MODEL_VERSION", t."_SCORED_AT", t."CUSTOMER_ID", t."Region", t."SPEND", t."SCORE", t."LEVEL", t."_LOAD" from "PREDICTIONS"."CHURN__V7" as t
left join (
  select distinct s."CUSTOMER_ID", s."Region", 1 as _found
  from "SCOREHOUSE"."S_00000000002A" as s join "SCOREHOUSE"."CHUNKS" as c on c.run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)) and c.load_key = s._load
) as s on t."CUSTOMER_ID" = s."CUSTOMER_ID" and t."Region" = s."Region"
where s._found = 1
