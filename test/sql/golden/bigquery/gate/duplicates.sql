select coalesce(sum(copies - 1), 0) as duplicates, count(*) as keys
from (select count(*) as copies from `predictions`.`churn__v7` group by `customer_id`, collate(`Region`, '') having count(*) > 1) as repeated
