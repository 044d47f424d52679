insert into "SCOREHOUSE"."PUBLISHES" (target, publish_seq, version, run_id, kind, "ROWS", published_at)
values ('churn', cast('3' as number(19,0)), cast('7' as number(10,0)),
  cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36)), 'run', cast('3' as number(19,0)), current_timestamp)
