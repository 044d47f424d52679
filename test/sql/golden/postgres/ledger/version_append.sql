insert into "scorehouse"."version_log" (
  target, version, seq, relation, run_id, model_sha256, model_version, scored_at, contract_hash, watermark, state, logged_at
)
select 'churn', cast('7' as integer), coalesce(max(seq), 0) + 1, 'churn__v7',
  cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid), 'a1', '3', cast('2026-03-01T02:03:04.567Z' as timestamp with time zone), cast(null as text), cast(null as text),
  'live', current_timestamp
from "scorehouse"."version_log" where target = 'churn' and version = cast('7' as integer)
