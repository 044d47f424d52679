select `customer_id`, `Region` from `analytics`.`customers`
