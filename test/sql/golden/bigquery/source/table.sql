select * from `analytics`.`customers`
