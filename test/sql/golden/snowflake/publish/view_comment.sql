comment on view "PREDICTIONS"."CHURN" is 'scorehouse target=churn version=7 publish=3'
