select "customer_id", "Region" from (select * from analytics.customers -- all of them
) as source order by "customer_id" desc, "Region" collate "C" desc limit 1
