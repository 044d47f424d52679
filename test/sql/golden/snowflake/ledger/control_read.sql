select pointer, publish_seq, holder, epoch, expires_at > current_timestamp as held from "SCOREHOUSE"."CONTROL_CHURN"
