select * from (select * from analytics.customers -- all of them
) as source limit cast('100' as bigint)
