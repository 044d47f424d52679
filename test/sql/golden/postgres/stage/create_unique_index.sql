create unique index "churn__v7__key" on "predictions"."churn__v7" ("customer_id", "Region")
