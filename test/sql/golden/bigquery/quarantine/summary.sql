select q.feature, q.reason, count(*) as row_count
from `predictions`.`churn__quarantine` as q join `scorehouse`.`chunks` as c on c.run_id = q._run_id and c.load_key = q._load
where q._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string)
group by q.feature, q.reason order by 3 desc, q.feature, q.reason
