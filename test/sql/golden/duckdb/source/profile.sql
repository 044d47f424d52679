select count(*) as row_count,
  coalesce(sum(case when n then 1 else 0 end), 0) as null_keys,
  coalesce(sum(case when k <= p then 1 else 0 end), 0) = 0 as ascending
from (
  select ("customer_id", "Region" collate "binary") as k, lag(("customer_id", "Region" collate "binary")) over () as p,
    "customer_id" is null or "Region" is null as n
  from (select * from analytics.customers -- all of them
  ) as source
) as consecutive
