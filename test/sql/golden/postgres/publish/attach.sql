alter table "predictions"."churn__versions" attach partition "predictions"."churn__v8" for values in (cast('8' as integer))
