insert into "scorehouse"."feature_counts" (run_id, feature, reason, action, "rows")
values (cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid), 'o''clock', 'null', 'value', cast('3' as bigint)),
  (cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid), cast(null as varchar), 'engine', 'quarantine', cast('1' as bigint))
