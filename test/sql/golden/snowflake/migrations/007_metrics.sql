create table if not exists "SCOREHOUSE"."METRICS" (
  run_id varchar(36) not null, column_name varchar not null, "ROWS" number(19,0), "NULLS" number(19,0), min float, max float, mean float, stddev float,
  quantiles varchar, histogram varchar
)
