delete from "PREDICTIONS"."CHURN__V7" as s
where not exists (
  select 1 from "SCOREHOUSE"."CHUNKS" as c where c.run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)) and c.load_key = s._load
)
