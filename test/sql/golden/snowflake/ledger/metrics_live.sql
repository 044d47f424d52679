select p.run_id, m.quantiles
from "SCOREHOUSE"."PUBLISHES" as p
left join "SCOREHOUSE"."METRICS" as m on m.run_id = p.run_id and m."ROWS" = p."ROWS" and m.column_name = 'SCORE'
where p.target = 'churn'
order by p.publish_seq desc limit 1
