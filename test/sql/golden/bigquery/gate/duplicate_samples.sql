select min(cast(`customer_id` as string)), min(cast(`Region` as string))
from `predictions`.`churn__v7` group by `customer_id`, collate(`Region`, '') having count(*) > 1 order by `customer_id`, collate(`Region`, '') limit 5
