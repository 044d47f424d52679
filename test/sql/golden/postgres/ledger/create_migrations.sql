create table if not exists "scorehouse"."migrations" (
  number integer not null, name text not null, program text not null, applied_at timestamp with time zone not null
)
