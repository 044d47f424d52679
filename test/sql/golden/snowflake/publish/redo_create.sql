create table "SCOREHOUSE"."REDO_00000000002A" as
select t."_RUN_ID", t."_MODEL_VERSION", t."_SCORED_AT", t."CUSTOMER_ID", t."Region", t."SPEND", t."SCORE", t."LEVEL", t."_LOAD" from "PREDICTIONS"."CHURN__V7" as t where t._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36))
