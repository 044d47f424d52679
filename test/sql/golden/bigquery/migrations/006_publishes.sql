create table if not exists `scorehouse`.`publishes` (
  target string not null, publish_seq int64 not null, version int64 not null, run_id string, kind string not null,
  `rows` int64, published_at timestamp not null
)
