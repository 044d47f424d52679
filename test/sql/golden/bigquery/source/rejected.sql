select `customer_id`, `Region`, `tenure`
from (select * from analytics.customers -- all of them
) as source
where exists (
  select 1 from `predictions`.`churn__quarantine` as q join `scorehouse`.`chunks` as c on c.run_id = q._run_id and c.load_key = q._load
  where q._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string) and source.`customer_id` = q.`customer_id` and source.`Region` = q.`Region`
)
