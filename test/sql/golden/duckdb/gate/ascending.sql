select count(*) as descents from (
  select ("customer_id", "Region" collate "binary") as k, lag(("customer_id", "Region" collate "binary")) over () as p from "predictions"."churn__v7"
) as consecutive
where k <= p
