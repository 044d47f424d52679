select `customer_id`, `Region`, `tenure`
from (
  select *, rank() over (partition by `customer_id`, collate(`Region`, '') order by `tenure` desc nulls last) as _place
  from (select * from analytics.customers -- all of them
  ) as source
) as ranked
where _place = 1
