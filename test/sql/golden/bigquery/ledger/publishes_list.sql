select publish_seq, version, kind, `rows`, run_id, published_at from `scorehouse`.`publishes`
where target = 'churn' order by publish_seq desc limit 10
