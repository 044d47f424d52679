select `customer_id`, `Region` from `analytics`.`customers` where customer_id > 65536
