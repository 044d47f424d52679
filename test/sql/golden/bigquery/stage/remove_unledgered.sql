delete from `predictions`.`churn__v7` as s
where not exists (
  select 1 from `scorehouse`.`chunks` as c where c.run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string) and c.load_key = s._load
)
