select publish_seq, version, kind, "ROWS", run_id, published_at from "SCOREHOUSE"."PUBLISHES"
where target = 'churn' order by publish_seq desc limit 10
