create table "predictions"."churn__v8" (
  "_run_id" uuid,
  "_model_version" text,
  "_scored_at" timestamp with time zone,
  "customer_id" bigint,
  "Region" text,
  "spend" numeric(10,2),
  "score" real,
  "level" integer,
  "_load" bigint,
  _version integer not null default cast('8' as integer) check (_version = cast('8' as integer))
) with (fillfactor = 50)
