delete from "PREDICTIONS"."CHURN__QUARANTINE" as q
where q._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)) and not exists (
  select 1 from "SCOREHOUSE"."CHUNKS" as c where c.run_id = q._run_id and c.load_key = q._load
)
