create table if not exists `scorehouse`.`requests` (
  request_id string not null, target string not null, requested_by string, payload string, requested_at timestamp not null,
  state string not null, run_id string, updated_at timestamp not null
)
