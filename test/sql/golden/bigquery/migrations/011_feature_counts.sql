create table if not exists `scorehouse`.`feature_counts` (
  run_id string not null, feature string, reason string not null, action string not null, `rows` int64 not null
)
