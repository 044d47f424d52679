select coalesce(sum(copies - 1), 0) as duplicates, count(*) as keys
from (select count(*) as copies from "PREDICTIONS"."CHURN__V7" group by "CUSTOMER_ID", collate("Region", 'utf8') having count(*) > 1) as repeated
