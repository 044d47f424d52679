insert into "SCOREHOUSE"."FEATURE_COUNTS" (run_id, feature, reason, action, "ROWS")
values (cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)), 'o''clock', 'null', 'value', cast('3' as number(19,0))),
  (cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)), cast(null as varchar), 'engine', 'quarantine', cast('1' as number(19,0)))
