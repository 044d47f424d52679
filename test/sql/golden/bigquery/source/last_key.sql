select `customer_id`, `Region` from (select * from analytics.customers -- all of them
) as source order by `customer_id` desc, collate(`Region`, '') desc limit 1
