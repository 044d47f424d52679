create unique index if not exists "churn__v7__key" on "predictions"."churn__v7" ("customer_id", "Region")
