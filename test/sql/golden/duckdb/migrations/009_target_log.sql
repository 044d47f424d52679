create table if not exists "scorehouse"."target_log" (
  target varchar not null, seq integer not null, owner varchar, description varchar, relation varchar not null, max_age_seconds double,
  ready_by varchar, logged_at timestamptz not null
)
