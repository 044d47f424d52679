analyze "predictions"."churn__v7"
