select * from `predictions`.`churn__v7` where true qualify count(*) over (partition by `customer_id`, collate(`Region`, '')) > 1 order by `customer_id`, collate(`Region`, '') limit 100
