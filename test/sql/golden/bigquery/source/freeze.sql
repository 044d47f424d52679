create table `scorehouse`.`in_00000000002a`
cluster by `customer_id`
options (expiration_timestamp = timestamp_add(current_timestamp, interval 7 day), labels = [('scorehouse', 'input')])
as select `customer_id`, `Region`, `tenure`
from (select * from analytics.customers -- all of them
) as source
