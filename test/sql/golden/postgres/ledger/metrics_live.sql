select p.run_id, m.quantiles
from "scorehouse"."publishes" as p
left join "scorehouse"."metrics" as m on m.run_id = p.run_id and m."rows" = p."rows" and m.column_name = 'score'
where p.target = 'churn'
order by p.publish_seq desc limit 1
