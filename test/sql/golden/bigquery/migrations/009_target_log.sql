create table if not exists `scorehouse`.`target_log` (
  target string not null, seq int64 not null, owner string, description string, relation string not null, max_age_seconds float64,
  ready_by string, logged_at timestamp not null
)
