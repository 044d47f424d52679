create index if not exists "churn__v7__i1" on "predictions"."churn__v7" ("Region", "score")
