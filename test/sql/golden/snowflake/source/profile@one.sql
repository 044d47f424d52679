select count(*) as row_count,
  coalesce(sum(case when "CUSTOMER_ID" is null then 1 else 0 end), 0) as null_keys,
  false as ascending
from (select * from analytics.customers -- all of them
) as source
