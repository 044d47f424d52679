create table if not exists "scorehouse"."target_log" (
  target text not null, seq integer not null, owner text, description text, relation text not null, max_age_seconds double precision,
  ready_by text, logged_at timestamp with time zone not null
)
