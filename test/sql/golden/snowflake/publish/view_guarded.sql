create or replace view "PREDICTIONS"."CHURN" copy grants comment = 'scorehouse target=churn version=7 publish=3' as
select  "_RUN_ID", "_MODEL_VERSION", "_SCORED_AT", "CUSTOMER_ID", "Region", "SPEND", "SCORE", "LEVEL", "_LOAD"
from "PREDICTIONS"."CHURN__V7"
