create table if not exists "scorehouse"."publishes" (
  target varchar not null, publish_seq bigint not null, version integer not null, run_id uuid, kind varchar not null,
  "rows" bigint, published_at timestamptz not null
)
