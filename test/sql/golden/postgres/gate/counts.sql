select count(*) as staged,
  coalesce(sum(case when c.load_key is null then 1 else 0 end), 0) as unledgered,
  coalesce(sum(case when s."customer_id" is null or s."Region" is null then 1 else 0 end), 0) as null_keys
from "predictions"."churn__v7" as s
left join "scorehouse"."chunks" as c on c.run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid) and c.load_key = s._load
