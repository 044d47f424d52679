create table if not exists "predictions"."churn__versions" (
  "_run_id" uuid,
  "_model_version" text,
  "_scored_at" timestamp with time zone,
  "customer_id" bigint,
  "Region" text,
  "spend" numeric(10,2),
  "score" real,
  "level" integer,
  "_load" bigint,
  _version integer not null
) partition by list (_version)
