comment on view "predictions"."churn" is 'scorehouse target=churn version=7 publish=3'
