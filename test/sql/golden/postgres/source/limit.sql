select * from (select * from analytics.customers -- all of them
) as source limit 100
