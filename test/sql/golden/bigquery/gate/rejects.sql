select count(*) as rejected, count(s._staged) as staged
from (
  select distinct q.`customer_id`, q.`Region`
  from `predictions`.`churn__quarantine` as q join `scorehouse`.`chunks` as c on c.run_id = q._run_id and c.load_key = q._load
  where q._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string)
) as q
left join (
  select distinct `customer_id`, `Region`, 1 as _staged from `predictions`.`churn__v7`
) as s on q.`customer_id` = s.`customer_id` and q.`Region` = s.`Region`
