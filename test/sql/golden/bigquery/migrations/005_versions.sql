create or replace view `scorehouse`.`versions` as
select target, version, relation, run_id, model_sha256, model_version, scored_at, contract_hash, watermark, state, logged_at
from (
  select *, row_number() over (partition by target, version order by seq desc) as _latest from `scorehouse`.`version_log`
) as logged
where _latest = 1
