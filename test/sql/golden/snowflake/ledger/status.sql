select target, owner, live_version, publish_seq, published_at, "ROWS", age_seconds, fresh, late, last_run_id, last_run_state
from "SCOREHOUSE"."TARGET_STATUS" order by target
