create table if not exists "SCOREHOUSE"."PUBLISHES" (
  target varchar not null, publish_seq number(19,0) not null, version number(10,0) not null, run_id varchar(36), kind varchar not null,
  "ROWS" number(19,0), published_at timestamp_tz(6) not null
)
