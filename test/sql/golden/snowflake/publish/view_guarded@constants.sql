create or replace view "PREDICTIONS"."CHURN" copy grants comment = 'scorehouse target=churn version=7 publish=3' as
select  cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)) as "_RUN_ID", 'v"3''' as "_MODEL_VERSION", cast('2026-03-01T02:03:04.567Z' as timestamp_tz(6)) as "_SCORED_AT", "CUSTOMER_ID", "Region", "SPEND", "SCORE", "LEVEL", "_LOAD"
from "PREDICTIONS"."CHURN__V7"
