insert into "SCOREHOUSE"."TARGET_LOG" (target, seq, owner, description, relation, max_age_seconds, ready_by, logged_at)
select 'churn', coalesce(max(seq), 0) + 1, 'growth', cast(null as varchar),
  'predictions.churn', cast(null as float), cast(null as varchar), current_timestamp
from "SCOREHOUSE"."TARGET_LOG" where target = 'churn'
having coalesce(max(seq), 0) = 0
  or coalesce(max(owner), '') <> coalesce('growth', '')
