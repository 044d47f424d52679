select `customer_id`, `score` from `predictions`.`churn__v7`
