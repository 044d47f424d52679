create table "predictions"."churn__quarantine" (
  "_run_id" uuid,
  "customer_id" bigint,
  "Region" text,
  "feature" text,
  "reason" text,
  "rejected_at" timestamp with time zone,
  "_load" bigint
)
