select * from (select count(*) > 0 from analytics.customers -- all
) as answer limit 2
