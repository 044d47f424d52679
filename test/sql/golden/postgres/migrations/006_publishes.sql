create table if not exists "scorehouse"."publishes" (
  target text not null, publish_seq bigint not null, version integer not null, run_id uuid, kind text not null,
  "rows" bigint, published_at timestamp with time zone not null
)
