select target, owner, live_version, publish_seq, published_at, "rows", age_seconds, fresh, late, last_run_id, last_run_state
from "scorehouse"."target_status" order by target
