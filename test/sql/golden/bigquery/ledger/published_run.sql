select r.run_id, r.rows_published, r.key_hash, r.value_hash
from `scorehouse`.`publishes` as p
join `scorehouse`.`runs` as r on r.run_id = p.run_id
where p.target = 'churn' and p.version = cast('7' as int64)
order by p.publish_seq desc limit 1
