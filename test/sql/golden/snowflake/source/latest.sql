select "CUSTOMER_ID", "Region", "TENURE"
from (
  select *, rank() over (partition by "CUSTOMER_ID", collate("Region", 'utf8') order by "TENURE" desc nulls last) as _place
  from (select * from analytics.customers -- all of them
  ) as source
) as ranked
where _place = 1
