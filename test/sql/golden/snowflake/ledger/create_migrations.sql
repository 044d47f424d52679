create table if not exists "SCOREHOUSE"."MIGRATIONS" (
  number number(10,0) not null, name varchar not null, program varchar not null, applied_at timestamp_tz(6) not null
)
