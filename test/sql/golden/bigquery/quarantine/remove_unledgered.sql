delete from `predictions`.`churn__quarantine` as q
where q._run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string) and not exists (
  select 1 from `scorehouse`.`chunks` as c where c.run_id = q._run_id and c.load_key = q._load
)
