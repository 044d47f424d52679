create table if not exists "scorehouse"."control_churn" (
  pointer integer, publish_seq bigint not null, holder varchar, epoch bigint not null, expires_at timestamptz
)
