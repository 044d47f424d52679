create table "SCOREHOUSE"."UNDO_00000000002A" as
select t."_RUN_ID", t."_MODEL_VERSION", t."_SCORED_AT", t."CUSTOMER_ID", t."Region", t."SPEND", t."SCORE", t."LEVEL", t."_LOAD" from "PREDICTIONS"."CHURN__V7" as t
