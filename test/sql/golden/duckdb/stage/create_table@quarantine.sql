create table "predictions"."churn__quarantine" (
  "_run_id" uuid,
  "customer_id" bigint,
  "Region" varchar,
  "feature" varchar,
  "reason" varchar,
  "rejected_at" timestamptz,
  "_load" bigint
)
