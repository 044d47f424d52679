select version, relation, run_id, model_sha256, model_version, cast(scored_at as string) as scored_at, contract_hash, state, logged_at from `scorehouse`.`versions`
where target = 'churn' order by version
