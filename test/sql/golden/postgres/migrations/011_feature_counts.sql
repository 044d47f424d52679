create table if not exists "scorehouse"."feature_counts" (
  run_id uuid not null, feature text, reason text not null, action text not null, "rows" bigint not null
)
