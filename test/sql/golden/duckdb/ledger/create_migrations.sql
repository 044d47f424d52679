create table if not exists "scorehouse"."migrations" (
  number integer not null, name varchar not null, program varchar not null, applied_at timestamptz not null
)
