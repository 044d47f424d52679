select * from `predictions`.`churn__v7` where `customer_id` is null or `Region` is null limit 100
