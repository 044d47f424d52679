create table if not exists "scorehouse"."metrics" (
  run_id uuid not null, column_name varchar not null, "rows" bigint, "nulls" bigint, min double, max double, mean double, stddev double,
  quantiles varchar, histogram varchar
)
