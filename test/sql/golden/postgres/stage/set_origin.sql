alter table "predictions"."churn__v8"
  alter column "_run_id" set default cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid),
  alter column "_model_version" set default '3',
  alter column "_scored_at" set default cast('2026-03-01T02:03:04.567Z' as timestamp with time zone)
