alter table "predictions"."churn__versions" add column "risk" text
