select "CUSTOMER_ID", "Region" from (select * from analytics.customers -- all of them
) as source order by "CUSTOMER_ID" desc, collate("Region", 'utf8') desc limit 1
