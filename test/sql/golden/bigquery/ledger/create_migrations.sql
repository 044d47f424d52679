create table if not exists `scorehouse`.`migrations` (
  number int64 not null, name string not null, program string not null, applied_at timestamp not null
)
