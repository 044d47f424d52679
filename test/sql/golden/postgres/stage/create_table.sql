create table "predictions"."churn__v7" (
  "_run_id" uuid,
  "_model_version" text,
  "_scored_at" timestamp with time zone,
  "customer_id" bigint,
  "Region" text,
  "spend" numeric(10,2),
  "score" real,
  "level" integer,
  "_load" bigint
)
