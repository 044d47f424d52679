create table if not exists `scorehouse`.`chunks` (
  run_id string not null, chunk int64 not null, epoch int64 not null, lo string, hi string,
  `rows` int64 not null, rejects int64 not null, load_key int64 not null, loaded_at timestamp not null
)
