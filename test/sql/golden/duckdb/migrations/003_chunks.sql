create table if not exists "scorehouse"."chunks" (
  run_id uuid not null, chunk integer not null, epoch bigint not null, lo varchar, hi varchar,
  "rows" bigint not null, rejects bigint not null, load_key bigint not null, loaded_at timestamptz not null
)
