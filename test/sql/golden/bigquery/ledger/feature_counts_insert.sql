insert into `scorehouse`.`feature_counts` (run_id, feature, reason, action, `rows`)
values (cast('0190a6b2-7c1e-7000-8000-00000000002a' as string), 'o\'clock', 'null', 'value', cast('3' as int64)),
  (cast('0190a6b2-7c1e-7000-8000-00000000002a' as string), cast(null as string), 'engine', 'quarantine', cast('1' as int64))
