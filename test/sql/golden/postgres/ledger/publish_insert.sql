insert into "scorehouse"."publishes" (target, publish_seq, version, run_id, kind, "rows", published_at)
values ('churn', cast('3' as bigint), cast('7' as integer),
  cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid), 'run', cast('3' as bigint), current_timestamp)
