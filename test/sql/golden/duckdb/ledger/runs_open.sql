select run_id, epoch from "scorehouse"."runs"
where target = 'churn' and state in ('running', 'staged')
