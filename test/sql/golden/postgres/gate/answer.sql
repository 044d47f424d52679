select * from (select count(*) > 0 from analytics.customers -- all
) as answer limit cast('2' as integer)
