select pointer, publish_seq, holder, epoch from "scorehouse"."control_churn"
