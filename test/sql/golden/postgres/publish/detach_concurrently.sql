alter table "predictions"."churn__versions" detach partition "predictions"."churn__v8" concurrently
