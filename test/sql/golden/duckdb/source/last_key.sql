select "customer_id", "Region" from (select * from analytics.customers -- all of them
) as source order by "customer_id" desc, "Region" collate "binary" desc limit 1
