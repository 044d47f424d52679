create table if not exists "scorehouse"."metrics" (
  run_id uuid not null, column_name text not null, "rows" bigint, "nulls" bigint, min double precision, max double precision, mean double precision, stddev double precision,
  quantiles text, histogram text
)
