select * from `predictions`.`churn` limit 10
