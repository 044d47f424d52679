create table if not exists `scorehouse`.`control_churn` (
  pointer int64, publish_seq int64 not null, holder string, epoch int64 not null, expires_at timestamp
)
