create table if not exists "SCOREHOUSE"."CHUNKS" (
  run_id varchar(36) not null, chunk number(10,0) not null, epoch number(19,0) not null, lo varchar, hi varchar,
  "ROWS" number(19,0) not null, rejects number(19,0) not null, load_key number(19,0) not null, loaded_at timestamp_tz(6) not null
)
