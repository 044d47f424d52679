select q.`customer_id`, q.`Region`, q.feature, q.reason
from `predictions`.`churn__quarantine` as q join `scorehouse`.`chunks` as c on c.run_id = q._run_id and c.load_key = q._load
where q._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string)
order by `customer_id`, collate(`Region`, ''), q.feature, q.reason limit 20
