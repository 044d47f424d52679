insert into `scorehouse`.`target_log` (target, seq, owner, description, relation, max_age_seconds, ready_by, logged_at)
select 'churn', coalesce(max(seq), 0) + 1, 'growth', cast(null as string),
  'predictions.churn', cast(null as float64), cast(null as string), current_timestamp
from `scorehouse`.`target_log` where target = 'churn'
having coalesce(max(seq), 0) = 0
  or coalesce(max(owner), '') <> coalesce('growth', '')
