select * from `predictions`.`churn__v7` where `score` not between cast('-1.7976931348623157e308' as float64) and cast('1.7976931348623157e308' as float64) limit 100
