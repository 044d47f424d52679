select version, relation, run_id, model_sha256, model_version, to_varchar(scored_at, 'YYYY-MM-DD HH24:MI:SS.FF6 TZHTZM') as scored_at, contract_hash, state, logged_at from "SCOREHOUSE"."VERSIONS"
where target = 'churn' order by version
