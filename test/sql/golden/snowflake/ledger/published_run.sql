select r.run_id, r.rows_published, r.key_hash, r.value_hash
from "SCOREHOUSE"."PUBLISHES" as p
join "SCOREHOUSE"."RUNS" as r on r.run_id = p.run_id
where p.target = 'churn' and p.version = cast('7' as number(10,0))
order by p.publish_seq desc limit 1
