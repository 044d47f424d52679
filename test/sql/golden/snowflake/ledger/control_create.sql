create table if not exists "SCOREHOUSE"."CONTROL_CHURN" (
  pointer number(10,0), publish_seq number(19,0) not null, holder varchar, epoch number(19,0) not null, expires_at timestamp_tz(6)
)
