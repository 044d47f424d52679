insert into `scorehouse`.`publishes` (target, publish_seq, version, run_id, kind, `rows`, published_at)
values ('churn', cast('3' as int64), cast('7' as int64),
  cast('0190a6b2-7c1e-7000-8000-00000000002a' as string), 'run', cast('3' as int64), current_timestamp)
