create table if not exists "scorehouse"."feature_counts" (
  run_id uuid not null, feature varchar, reason varchar not null, action varchar not null, "rows" bigint not null
)
