create table if not exists "scorehouse"."control_churn" (
  pointer integer, publish_seq bigint not null, holder text, epoch bigint not null, expires_at timestamp with time zone
)
