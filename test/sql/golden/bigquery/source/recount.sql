select count(`customer_id`), count(`Region`)
from (select * from analytics.customers -- all of them
) as source
