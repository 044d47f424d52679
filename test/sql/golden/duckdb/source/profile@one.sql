select count(*) as row_count,
  coalesce(sum(case when n then 1 else 0 end), 0) as null_keys,
  coalesce(sum(case when k <= p then 1 else 0 end), 0) = 0 as ascending
from (
  select ("customer_id") as k, lag(("customer_id")) over () as p,
    "customer_id" is null as n
  from (select * from analytics.customers -- all of them
  ) as source
) as consecutive
