select coalesce(sum(s.copies), 0) as staged,
  coalesce(sum(case when c.load_key is null then s.copies else 0 end), 0) as unledgered,
  coalesce(sum(s.copies - s.keyed), 0) as null_keys
from (
  select _load, count(*) as copies,
    count(case when `customer_id` is not null and `Region` is not null then 1 end) as keyed
  from `predictions`.`churn__v7` group by _load
) as s
left join `scorehouse`.`chunks` as c on c.run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string) and c.load_key = s._load
