create table if not exists "SCOREHOUSE"."FEATURE_COUNTS" (
  run_id varchar(36) not null, feature varchar, reason varchar not null, action varchar not null, "ROWS" number(19,0) not null
)
